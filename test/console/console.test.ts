import { eq } from 'drizzle-orm'
import { auditEntries } from '../../src/audit/tables.ts'
import { transaction } from '../../src/platform/db.ts'
import t from 'tap'
import { receiver, skipUnless } from '../helper.ts'
import { findBarriers, findChromium, openBrowser, sidewaysPx } from './browser.ts'
import { screenshotPath, setStage } from './stage.ts'

const chromium = findChromium()
const skip = skipUnless(chromium !== undefined, 'a Chromium (CHROMIUM_PATH or on the PATH)')

t.test('the console in a real browser', { skip }, async t => {
  const stage = await setStage(t)
  const { address, cast, matchId } = stage
  const browser = await openBrowser(t, address, chromium ?? '')

  await t.test('a one-time link opens the page of its role, once, and signing out closes it', async t => {
    const { page, troubles, context } = await browser.open({})
    const link = `/console/sign-in#token=${await stage.tokenOf('park')}`
    await page.goto(link)
    t.notMatch(page.url(), /token/, 'the token does not stay in the address')
    await page.getByRole('button', { name: '登录', exact: true }).filter({ visible: true }).click()
    await page.waitForURL('**/console/parks/**')
    await page.locator('.chart').first().waitFor()
    await page.locator('.account summary').click()
    await page.getByRole('button', { name: '退出' }).click()
    await page.waitForURL('**/console/sign-in')
    await page.goto(link)
    await page.goto('/console/matches')
    t.match(page.url(), /sign-in\?next=/)
    t.same(troubles, [])
    await context.close()
  })

  const PAGES: Record<string, string[]> = {
    park: [
      `/console/parks/${cast.park.id}`,
      `/console/parks/${cast.park.id}/rows?figure=scenarios.unserved`,
      '/console/scenarios',
      `/console/scenarios/${stage.scenario.id}`,
      '/console/matches',
      `/console/matches/${matchId}`,
      '/console/decisions?state=interest',
      '/console/capabilities',
      '/console/endpoints',
    ],
    factory: [
      '/console/scenarios/new',
      `/console/matches/${matchId}`,
      '/console/decisions',
      `/console/scenarios/${stage.scenario.id}`,
    ],
    vendor: [
      '/console/endpoints',
      `/console/matches/${matchId}`,
      '/console/decisions',
      `/console/capabilities/${stage.capability.id}`,
    ],
    operator: ['/console/operations', '/console/scenarios'],
  }
  await cast.call(cast.vendor.key, 'POST', `/matches/${matchId}/transitions`, { action: 'express_interest' })

  for (const [language, isDark] of [
    ['zh', false],
    ['en', true],
  ] as const)
    await t.test(`every page, in ${language}${isDark ? ', dark' : ''}, is whole and has no barrier`, async t => {
      for (const [role, paths] of Object.entries(PAGES)) {
        const look = await browser.open({ language, isDark, session: await stage.sessionOf(role) })
        for (const path of ['/console/sign-in', ...paths]) {
          const answer = await look.page.goto(path)
          t.equal(answer?.status(), 200, `${role} ${path}`)
          await look.page.locator('.pending').waitFor({ state: 'detached' })
          t.same(await findBarriers(look.page), [], `${role} ${path} has no barrier`)
          t.notMatch(await look.page.locator('body').innerText(), /undefined|\[object|NaN/, path)
          const shot = screenshotPath(`${language}-${isDark ? 'dark' : 'light'}-${role}-${path}`)
          if (shot) await look.page.screenshot({ path: shot, fullPage: true })
        }
        t.same(look.troubles, [], `${role}: nothing in the console, nothing from elsewhere`)
        await look.context.close()
      }
    })

  await t.test('no page scrolls sideways on a phone', async t => {
    for (const [role, paths] of Object.entries(PAGES)) {
      const look = await browser.open({ widthPx: 375, session: await stage.sessionOf(role) })
      for (const path of paths) {
        await look.page.goto(path)
        await look.page.locator('.pending').waitFor({ state: 'detached' })
        t.ok((await sidewaysPx(look.page)) <= 0, `${role} ${path}`)
        const shot = screenshotPath(`phone-${role}-${path}`)
        if (shot) await look.page.screenshot({ path: shot, fullPage: true })
      }
      await look.context.close()
    }
  })

  await t.test('a factory writes two sentences, is understood and asked, and publishes', async t => {
    const { page, troubles, context } = await browser.open({ session: await stage.sessionOf('factory') })
    await page.goto('/console/scenarios/new')
    await page.locator('input[name=title]').fill('冲压件划痕全检')
    await page.locator('textarea').fill('冲压件表面划痕靠人工目检，漏检率3%，预算10万以内，数据不出厂。')
    await page.locator('.reading').first().waitFor()
    t.match(await page.locator('#help').innerText(), /缺陷检测[\s\S]*还想了解/)
    await page.getByRole('button', { name: '发布', exact: true }).click()
    await page.waitForURL('**/console/scenarios/scn_*')
    const id = page.url().split('/').at(-1) ?? ''
    t.match(await cast.call(cast.factory.key, 'GET', `/scenarios/${id}`), {
      state: 'published',
      problems: ['pb.defect-inspection'],
      constraints: { reach: 'site' },
      budget: { max: 100_000 },
    })
    t.same(troubles, [])
    await context.close()
  })

  await t.test('a vendor tests an endpoint, disables it and enables it again', async t => {
    const hook = await receiver(t)
    await cast.registerEndpoint(hook.url)
    const { page, troubles, context } = await browser.open({ session: await stage.sessionOf('vendor') })
    await page.goto('/console/endpoints')
    await page.getByRole('button', { name: '发送测试' }).click()
    await page.getByText('测试已送达').waitFor()
    t.ok(hook.requests.some(request => request.headers['webhook-signature']))
    await page.getByRole('button', { name: '停用' }).click()
    await page.getByRole('button', { name: '启用并补发' }).click()
    await page.getByRole('button', { name: '停用' }).waitFor()
    t.same(troubles, [])
    await context.close()
  })

  await t.test('an operator pauses a queue and lets it go on; nobody else may', async t => {
    const { page, troubles, context } = await browser.open({ session: await stage.sessionOf('operator') })
    await page.goto('/console/operations')
    const queue = page.locator('article', { hasText: 'score' })
    await queue.getByRole('button', { name: '暂停' }).click()
    await queue.getByText('已暂停').waitFor()
    await queue.getByRole('button', { name: '继续' }).click()
    await queue.getByRole('button', { name: '暂停' }).waitFor()
    const recorded = await transaction(stage.deps, { kind: 'worker' }, tx =>
      tx.select().from(auditEntries).where(eq(auditEntries.objectId, 'score')),
    )
    t.same(recorded.map(({ action }) => action).sort(), ['queue.paused', 'queue.resumed'], 'and it is recorded')
    t.same(troubles, [])
    await context.close()
    const { name, value } = await stage.sessionOf('vendor')
    const refused = await stage.app.inject({ url: '/console/operations', headers: { cookie: `${name}=${value}` } })
    t.equal(refused.statusCode, 403)
  })

  await t.test('a factory decides with the keyboard: what is agreed to leaves the queue', async t => {
    const { page, troubles, context } = await browser.open({ session: await stage.sessionOf('factory') })
    const terms = { zh: '所获资料仅用于评估合作。', en: 'For evaluating the cooperation only.' }
    await cast.call(cast.park.key, 'POST', `/parks/${cast.park.id}/terms`, terms)
    await page.goto('/console/decisions?state=interest')
    await page.keyboard.press('j')
    await page.keyboard.press('i')
    t.equal(await page.locator('input[name=termsVersion]:invalid').count(), 1, 'nothing is disclosed before the terms')
    await page.locator('input[name=termsVersion]').check()
    await page.keyboard.press('i')
    await page.getByText('没有等您决定的对接。').waitFor()
    const match = await cast.call(cast.factory.key, 'GET', `/matches/${matchId}`)
    t.match(match, { state: 'mutual', factoryInterested: true })
    const { items } = await cast.call(cast.factory.key, 'GET', `/matches/${matchId}/transitions`)
    t.match(items.at(-1) ?? {}, { action: 'express_interest' })
    t.ok(
      items.some((item: { termsVersion?: number }) => item.termsVersion === 1),
      'and it is kept what was accepted',
    )
    await page.goto(`/console/matches/${matchId}`)
    await page.locator('summary', { hasText: '婉拒' }).click()
    await page.locator('select[name=reason]').selectOption('budget')
    await page.locator('details[open] button', { hasText: '确定' }).click()
    await page.locator('.notice', { hasText: '预算不符' }).waitFor()
    t.match(await cast.call(cast.vendor.key, 'GET', `/matches/${matchId}`), {
      state: 'declined',
      decline: { by: 'factory', reason: 'budget' },
    })
    t.same(troubles, [])
    await context.close()
  })
})
