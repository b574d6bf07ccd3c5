import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { cutText } from '../../src/console/highlight.ts'
import { endOfDay } from '../../src/console/format.ts'
import { listActions } from '../../src/console/actions.ts'
import { namesIn, TEXTS, textsIn } from '../../src/console/texts.ts'
import { safePath } from '../../src/console/visit.ts'

const folder = join(import.meta.dirname, '../../src/console/templates')
const templates = readdirSync(folder).map(name => ({ name, source: readFileSync(join(folder, name), 'utf8') }))

t.test('every text that a template asks for is in the catalogue, in both languages', async t => {
  for (const { name, source } of templates) {
    const asked = [...source.matchAll(/\bit\.t\.(\w+)/g)].map(([, key = '']) => key)
    t.same(
      asked.filter(key => !(key in TEXTS)),
      [],
      name,
    )
    const groups = [...source.matchAll(/\bit\.n\.(\w+)/g)].map(([, key = '']) => key)
    t.same(
      groups.filter(key => !(key in namesIn('zh'))),
      [],
      name,
    )
  }
  for (const language of ['zh', 'en'] as const)
    t.notOk(Object.values(textsIn(language)).includes(''), `nothing is empty in ${language}`)
})

t.test('no text of one page takes the place of another', async t => {
  const texts = join(import.meta.dirname, '../../src/console/texts')
  const keys: string[] = []
  for (const name of readdirSync(texts)) {
    const module: Record<string, object> = await import(join(texts, name))
    // What the groups are called is a name among the names; what stands in FIELD_TEXTS are groups too.
    keys.push(
      ...Object.entries(module).flatMap(([kind, group]) => Object.keys(group).map(key => `${kindOf(kind)} ${key}`)),
    )
  }
  t.same(
    keys.filter((key, place) => keys.indexOf(key) !== place),
    [],
  )
})

const kindOf = (name: string) => (name === 'FIELD_TEXTS' || name.endsWith('NAMES') ? 'names' : 'texts')

t.test('templates put nothing into a page unescaped but charts, parts and the frame', async t => {
  for (const { name, source } of templates)
    for (const [, raw = ''] of source.matchAll(/<%~\s*([^%]+?)\s*%>/g))
      t.match(raw, /^(include\(|it\.body$|it\.d\.(funnel|map|trend)$)/, `${name}: ${raw}`)
})

t.test('a text is cut at its evidence, whatever the spans', async t => {
  t.same(cutText('划痕漏检', [{ start: 2, end: 4 }]), [
    { text: '划痕', isEvidence: false },
    { text: '漏检', isEvidence: true },
  ])
  t.same(
    cutText('abcdef', [
      { start: 2, end: 9 },
      { start: 0, end: 3 },
    ]),
    [{ text: 'abcdef', isEvidence: true }],
  )
  t.same(cutText('abc', [{ start: 7, end: 9 }]), [{ text: 'abc', isEvidence: false }])
})

t.test('a day ends at midnight of the park', async t => {
  t.equal(endOfDay('2026-03-31', 'Asia/Shanghai'), '2026-03-31T15:59:59.000Z')
  t.equal(endOfDay('2026-03-31', 'UTC'), '2026-03-31T23:59:59.000Z')
})

t.test('nobody is sent out of the console by a link that was made for him', async t => {
  for (const path of [
    'https://example.com',
    '//example.com',
    '/console\\@example.com',
    '/consolex',
    undefined,
    '/v1/me',
  ])
    t.equal(safePath(path), '/console')
  t.equal(safePath('/console/matches?state=mutual'), '/console/matches?state=mutual')
})

t.test('a park is not shown the buttons of the parties', async t => {
  const facts = { factoryInterested: true, vendorInterested: true, factoryAccepted: false, vendorAccepted: false }
  t.same(listActions({ ...facts, state: 'mutual' }, 'park'), ['hold'])
  t.same(listActions({ ...facts, state: 'mutual' }, 'vendor'), ['accept_introduction', 'hold', 'decline', 'withdraw'])
  t.same(listActions({ ...facts, state: 'declined' }, 'vendor'), [])
})
