import t from 'tap'
import writeExcelFile from 'write-excel-file/node'
import { bearer, build, makeOrganisation, makePark } from '../helper.ts'

const HEADERS = ['企业名称', '统一社会信用代码', '联系人', '邮箱', '类型']
const CHARACTERS = '0123456789ABCDEFGHJKLMNPQRTUWXY'

/** A code with its check character, made here by the standard's own sum and not by the code under test. */
const codeOf = (nth: number): string => {
  const body = `9144190${String(nth).padStart(10, '0')}`
  const sum = body
    .split('')
    .reduce((total, digit, i) => total + CHARACTERS.indexOf(digit) * Number(3n ** BigInt(i) % 31n), 0)
  return body + CHARACTERS.charAt((31 - (sum % 31)) % 31)
}

t.test('a park invites the companies of a list', async t => {
  const { app, deps } = await build(t)
  const park = await makePark(deps)
  const otherPark = await makePark(deps)
  const send = (payload: Buffer | string, options: { key?: string; type?: string; language?: string } = {}) =>
    app.inject({
      method: 'POST',
      url: `/v1/parks/${park.id}/invitations`,
      headers: {
        ...bearer(options.key ?? park.key),
        'content-type': options.type ?? 'text/csv',
        'accept-language': options.language ?? 'zh',
      },
      payload,
    })
  const csv = (...rows: string[][]) => [HEADERS, ...rows].map(row => row.join(',')).join('\r\n')

  t.test('row by row, with the reasons of those that are not taken, in the language of the reader', async t => {
    const list = csv(
      ['恒泰冲压有限公司', codeOf(1), '陈工', 'chen@example.com', '制造企业'],
      ['坏码公司', `${codeOf(2).slice(0, -1)}I`, '', 'not an address', '火星企业'],
      ['迅视智能', codeOf(3), '王工', 'wang@example.com', '供应商'],
    )
    const answer = await send(`\uFEFF${list}`)
    t.equal(answer.statusCode, 200, answer.body)
    const { rows, ...counts } = answer.json()
    t.same(counts, { invited: 2, refused: 1 })
    t.match(rows[0], { number: 2, name: '恒泰冲压有限公司', url: /#token=/ })
    t.same(
      rows[1].reasons.map((reason: { code: string }) => reason.code),
      ['invalid_creditCode', 'invalid_contact', 'invalid_email', 'invalid_kind'],
    )
    t.match(rows[1].reasons[0].detail, /信用代码/)
    const entered = await app.inject({
      method: 'POST',
      url: '/v1/invitations/accept',
      payload: { token: rows[2].token },
    })
    t.match(entered.json(), {
      role: 'owner',
      parkIds: [park.id],
      organisation: { kind: 'vendor', creditCode: codeOf(3) },
      person: { name: '王工' },
    })

    const again = (await send(list, { language: 'en' })).json()
    t.same([again.invited, again.refused], [0, 3], 'the same list makes nothing twice')
    t.match(again.rows[0].reasons, [{ code: 'already_invited', detail: /invited already/ }])
  })

  t.test('as GB18030 from Excel in China, and as a workbook', async t => {
    // 恒, 泰 and the headers as GB18030 writes them: TextDecoder reads it and nothing here writes it.
    const gb = Buffer.concat([
      Buffer.from('c6f3d2b5c3fbb3c6', 'hex'),
      Buffer.from(','),
      Buffer.from('cdb3d2bbc9e7bbe1d0c5d3c3b4fac2eb', 'hex'),
      Buffer.from(','),
      Buffer.from('c1aacfb5c8cb', 'hex'),
      Buffer.from(','),
      Buffer.from('d3cacfe4', 'hex'),
      Buffer.from(`\r\n`),
      Buffer.from('bae3cca9', 'hex'),
      Buffer.from(`,${codeOf(10)},`),
      Buffer.from('b3c2b9a4', 'hex'),
      Buffer.from(',gb@example.com\r\n'),
    ])
    t.match((await send(gb)).json(), { invited: 1, rows: [{ name: '恒泰' }] })
    const cells = [HEADERS, ['工作簿公司', codeOf(11), '李工', 'li@example.com', '科研院所']]
    const book = await writeExcelFile(cells.map(row => row.map(value => ({ value, type: String })))).toBuffer()
    const answer = await send(book, {
      type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    })
    t.match(answer.json(), { invited: 1, rows: [{ name: '工作簿公司' }] }, answer.body)
  })

  t.test('a company that is registered elsewhere is told apart without a word about it', async t => {
    await makeOrganisation(deps, 'manufacturer', [otherPark.id], { name: '隔壁园区的公司' })
    const answer = await send(csv(['隔壁园区的公司', codeOf(20), '赵工', 'zhao@example.com', '']))
    t.match(answer.json().rows, [{ reasons: [{ code: 'already_registered' }] }])
  })

  t.test('what is no list, lacks a column, or is too long is refused as a whole', async t => {
    t.match((await send('企业名称,联系人\r\n甲,乙')).json().detail, /缺少列：统一社会信用代码、邮箱/)
    const long = csv(
      ...Array.from({ length: 501 }, (_, i) => [`公司${i}`, codeOf(100 + i), '甲', `a${i}@example.com`, '']),
    )
    const refused = await send(long)
    t.equal(refused.statusCode, 422)
    t.match(refused.json().detail, /500/)
    t.equal((await send(Buffer.alloc(1_100_000, 'a'))).statusCode, 422)
    t.equal((await send('PK\u0003\u0004 no workbook')).statusCode, 422)
    t.equal((await send('{}', { type: 'application/json' })).statusCode === 200, false)
  })

  t.test("only the park's own administration sends lists", async t => {
    const vendor = await makeOrganisation(deps, 'vendor', [park.id])
    const list = csv(['某公司', codeOf(30), '甲', 'x@example.com', ''])
    for (const key of [vendor.key, otherPark.key]) t.equal((await send(list, { key })).statusCode, 403)
  })
})
