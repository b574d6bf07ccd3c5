import t from 'tap'
import { eventually, makeOrganisation, skipUnless } from '../helper.ts'
import { findBarriers, findChromium, type Look, openBrowser, sidewaysPx } from './browser.ts'
import { screenshotPath, setStage } from './stage.ts'

const chromium = findChromium()
const skip = skipUnless(chromium !== undefined, 'a Chromium (CHROMIUM_PATH or on the PATH)')
const CODE = '91350100M000100Y43'

t.test("a park's administration works on its pages", { skip }, async t => {
  const stage = await setStage(t)
  const { address, cast } = stage
  const browser = await openBrowser(t, address, chromium ?? '')
  const look = await browser.open({ session: await stage.sessionOf('park') })
  const { page } = look
  const base = `/console/parks/${cast.park.id}`
  const go = (path: string) => page.goto(`${base}${path}`)
  const press = (name: string) =>
    page.getByRole('button', { name, exact: true }).filter({ visible: true }).first().click()
  const isCalm = (t: { same: (found: unknown, wanted: unknown) => unknown }) => t.same(look.troubles, [])
  const csv = (name: string, rows: string[][]) => ({
    name,
    mimeType: 'text/csv',
    buffer: Buffer.from(`\uFEFF${rows.map(row => row.join(',')).join('\r\n')}`),
  })

  await t.test('it looks at what is handed in before it is published, and returns what is not clear', async t => {
    await go('/settings')
    await page.getByText('园区审核后发布').click()
    await press('保存')
    await page.waitForLoadState()
    const handIn = (title: string) => cast.publishScenario({ title })
    const [good, poor] = [await handIn('齿轮啮合异响识别'), await handIn('什么都想要')]
    await go('/approvals')
    const queue = page.locator('article', { hasText: '什么都想要' })
    await queue.locator('summary', { hasText: '退回' }).click()
    await queue.locator('input[name=reason]').fill('请写明工序和现状')
    await queue.getByRole('button', { name: '确定' }).click()
    await page.locator('article', { hasText: '齿轮啮合异响识别' }).getByRole('button', { name: '通过并发布' }).click()
    await page.getByText('没有等待审核的场景。').waitFor()
    t.match(await cast.call(cast.factory.key, 'GET', `/scenarios/${poor.id}`), {
      state: 'returned',
      review: { reason: '请写明工序和现状' },
    })
    t.match(await cast.call(cast.factory.key, 'GET', `/scenarios/${good.id}`), { state: 'published' })
    isCalm(t)
  })

  await t.test('it lets companies in: one that asked, one that it invites, and a list', async t => {
    const asking = await makeOrganisation(stage.deps, 'vendor', [], { name: '申请入园公司' })
    const ask = { organisationId: asking.id }
    await cast.call(asking.key, 'POST', `/parks/${cast.park.id}/memberships`, ask)
    await go('/approvals/members?state=requested')
    await page.getByRole('button', { name: '启用: 申请入园公司' }).click()
    await page.getByText('没有符合条件的记录。').waitFor()
    await go('/approvals/invitations')
    await page.locator('input[name=name]').fill('恒泰冲压有限公司')
    await page.locator('input[name=creditCode]').fill(CODE)
    await page.locator('input[name=contact]').fill('陈工')
    await page.locator('input[name=email]').fill('chen@example.com')
    await press('邀请')
    await page.locator('article code', { hasText: '#token=' }).waitFor()
    const list = [
      ['企业名称', '统一社会信用代码', '联系人', '邮箱'],
      ['坏码公司', '91350100M000100Y44', '王工', 'wang@example.com'],
    ]
    await page.locator('input[type=file]').setInputFiles(csv('companies.csv', list))
    await press('上传')
    await page.locator('article', { hasText: '统一社会信用代码无效' }).waitFor()
    t.equal(await page.locator('input[type=file]').isVisible(), true, 'the part that came in is alive again')
    isCalm(t)
  })

  await t.test('it sets its focus, a target and terms, and sees at once what they do', async t => {
    await go('/settings/focus')
    await page.locator('select[name=leading]').selectOption('ind.C33')
    await press('保存')
    await page.locator('h3', { hasText: '已匹配清单' }).waitFor()
    t.match(await page.locator('main').innerText(), /主导产业[\s\S]*\+3\.0/, 'with its exact effect')
    await go('/settings/targets')
    await page.locator('input[name=title]').fill('发布场景')
    await page.locator('input[name=value]').fill('71')
    await press('保存')
    await page.locator('td', { hasText: '落后' }).waitFor()
    await go('/settings/terms')
    await page.locator('textarea[name=zh]').fill('资料仅用于评估合作。')
    await page.locator('textarea[name=en]').fill('For evaluation only.')
    await press('发布新版本')
    await page.locator('summary', { hasText: '版本 1' }).waitFor()
    isCalm(t)
  })

  await t.test('it reads a report of any period, opens a number, and takes a file along', async t => {
    await go('/report')
    await page.locator('.trends .chart').waitFor()
    await page.locator('.trends summary').click()
    await page
      .locator('.trends td a', { hasText: /^[1-9]/ })
      .first()
      .click()
    await page.getByRole('heading', { name: '数字背后的记录' }).waitFor()
    t.ok((await page.locator('tbody tr').count()) > 0)
    await go('/report')
    await page.getByRole('link', { name: '今年' }).click()
    await page.locator('.headline').first().waitFor()
    t.match(page.url(), /from=\d{4}-01-01/)
    await press('XLSX')
    const link = page.getByRole('button', { name: /^下载/ })
    await link.waitFor()
    const file = await page.request.get((await link.getAttribute('href')) ?? '')
    t.equal((await file.body()).subarray(0, 2).toString(), 'PK')
    const table = await page.request.get(`/v1/parks/${cast.park.id}/report/file?format=csv&language=zh`)
    t.equal(table.status(), 200)
    isCalm(t)
  })

  await t.test('it opens a round, tries it, moves a preference and publishes the result with its proof', async t => {
    await go('/rounds/new')
    await page.locator('input[name=title]').fill('视觉检测对接会')
    await page.locator('input[name=until]').fill(tomorrow())
    for (const box of await page.locator('input[type=checkbox]').all()) await box.check()
    await press('开启对接会')
    await page.waitForURL('**/rounds/rnd_*')
    await page.getByRole('button', { name: '试排' }).click()
    await page.getByText('试排结果，未保存').waitFor()
    t.match(await page.locator('main').innerText(), /没有一对双方都更愿意换/)
    await page.getByRole('link', { name: /^调整/ }).first().click()
    await press('恢复按得分')
    await page.waitForURL('**/rounds/rnd_*')
    await page.locator('summary', { hasText: '发布结果' }).click()
    await press('确定')
    await page.locator('.head .tag', { hasText: '已发布' }).waitFor()
    t.ok((await page.getByRole('link', { name: /^查看对接/ }).count()) > 0)
    isCalm(t)
  })

  await t.test('it takes a list in, column by column, and gets back what was not taken', async t => {
    await go('/imports')
    const rows = [
      ['需求名称', '需求描述', '企业名称', '备注'],
      ['包装线贴标歪斜', '贴标歪斜靠人工检查，漏检率2%，想用视觉检测。', '新登记工厂', '甲'],
      ['', '没有名称的一行', '新登记工厂', '乙'],
    ]
    await page.locator('input[type=file]').setInputFiles(csv('需求.csv', rows))
    await press('上传')
    await page.getByRole('heading', { name: '每一列是什么' }).waitFor()
    t.equal(await page.getByLabel('作为: 需求名称').inputValue(), 'title')
    await press('开始导入')
    await page.locator('.head .tag', { hasText: '已完成' }).waitFor()
    const refused = page.getByRole('button', { name: /^下载退回的行/ })
    const text = await (await page.request.get((await refused.getAttribute('href')) ?? '')).text()
    t.match(text, /没有名称的一行/)
    isCalm(t)
  })

  await t.test('it matches again, and verifies the record of all this', async t => {
    await go('/runs')
    await press('开始重新匹配')
    await page.locator('.head .tag', { hasText: '已完成' }).waitFor()
    // What is done is sealed within a second.
    await eventually(async () => {
      await go('/audit')
      return page.locator('td', { hasText: '发起重新匹配' }).first().isVisible()
    })
    await press('核验记录')
    await page.getByText('核验通过').waitFor()
    isCalm(t)
  })

  await t.test('every page of it is whole in both languages, has no barrier, and fits a phone', async t => {
    const { items: rounds } = await cast.call(cast.park.key, 'GET', '/rounds')
    const paths = [
      '/approvals',
      '/approvals/members',
      '/approvals/invitations',
      '/settings',
      '/settings/focus',
      '/settings/targets',
      '/settings/terms',
      '/settings/funding',
      '/report',
      '/rounds',
      '/rounds/new',
      `/rounds/${rounds[0].id}`,
      '/imports',
      '/runs',
      '/audit',
      '/resources',
    ]
    const english = await browser.open({ language: 'en', isDark: true, session: await stage.sessionOf('park') })
    for (const [language, seen] of Object.entries({ zh: look, en: english })) {
      for (const path of paths) {
        const name = `${language} ${path}`
        t.equal((await seen.page.goto(`${base}${path}`))?.status(), 200, name)
        await seen.page.locator('[aria-busy]').first().waitFor({ state: 'detached' })
        t.same(await findBarriers(seen.page), [], `${name} has no barrier`)
        t.notMatch(await seen.page.locator('body').innerText(), /undefined|\[object|NaN/, name)
        await shoot(seen.page, `${language}-desk-${path}`)
        // English words are the longer ones.
        if (language === 'zh') continue
        await seen.page.setViewportSize({ width: 375, height: 800 })
        t.ok((await sidewaysPx(seen.page)) <= 0, `${name} fits a phone`)
        await shoot(seen.page, `phone-${language}-desk-${path}`)
        await seen.page.setViewportSize({ width: 1_280, height: 900 })
      }
    }
    t.same(english.troubles, [])
    isCalm(t)
  })

  await t.test('nobody else opens them', async t => {
    for (const role of ['vendor', 'factory', 'operator']) {
      const { name, value } = await stage.sessionOf(role)
      for (const path of ['/approvals', '/report', '/settings', '/rounds', '/imports', '/audit', '/resources']) {
        const answer = await stage.app.inject({ url: `${base}${path}`, headers: { cookie: `${name}=${value}` } })
        t.equal(answer.statusCode, 403, `${role} ${path}`)
      }
    }
  })
})

const tomorrow = (): string => new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10)

const shoot = async (page: Look['page'], name: string): Promise<void> => {
  const path = screenshotPath(name)
  if (path) await page.screenshot({ path, fullPage: true })
}
