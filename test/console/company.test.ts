import t, { type Test } from 'tap'
import { eventually, receiver, skipUnless } from '../helper.ts'
import { findBarriers, findChromium, openBrowser, sidewaysPx, type Look } from './browser.ts'
import { screenshotPath, setStage } from './stage.ts'

const chromium = findChromium()
const skip = skipUnless(chromium !== undefined, 'a Chromium (CHROMIUM_PATH or on the PATH)')

t.test("the companies' pages in a real browser", { skip }, async t => {
  const stage = await setStage(t)
  const { address, cast } = stage
  const browser = await openBrowser(t, address, chromium ?? '')

  /** A page as it stands now: no barrier, nothing undefined, nothing sideways on a phone's width. */
  const inspect = async (t: Test, { page }: Look, name: string) => {
    t.same(await findBarriers(page), [], `${name} has no barrier`)
    t.notMatch(await page.locator('body').innerText(), /undefined|\[object|NaN/, name)
    const shot = screenshotPath(name)
    if (shot) await page.screenshot({ path: shot, fullPage: true })
    await page.setViewportSize({ width: 375, height: 800 })
    t.ok((await sidewaysPx(page)) <= 0, `${name} fits a phone`)
    if (shot) await page.screenshot({ path: `${shot.slice(0, -4)}-phone.png`, fullPage: true })
    await page.setViewportSize({ width: 1_280, height: 900 })
  }

  await t.test('a company registers itself, waits for the park, comes in and chooses a password', async t => {
    const look = await browser.open({})
    const { page } = look
    await page.goto('/console/sign-in')
    await page.getByRole('link', { name: '企业登记' }).click()
    await page.locator('select[name=parkSlug]').selectOption({ index: 1 })
    await page.getByLabel('名称', { exact: true }).fill('恒泰精密冲压有限公司')
    await page.getByLabel('统一社会信用代码').fill('91350100M000100Y44')
    await page.getByLabel('姓名').fill('陈工')
    await page.getByLabel('邮箱').fill('chen@hengtai.example.com')
    await inspect(t, look, 'register')
    await page.getByRole('button', { name: '提交登记' }).click()
    await page.getByRole('alert').getByText('校验码').waitFor()
    await inspect(t, look, 'register-refused')
    await page.getByLabel('统一社会信用代码').fill('91350100M000100Y43')
    await page.getByRole('button', { name: '提交登记' }).click()
    await page.getByText('已登记，等待园区审核').waitFor()
    await inspect(t, look, 'registered')
    await page.getByRole('button', { name: '现在进入' }).click()
    await page.getByText('邀请您加入').waitFor()
    await inspect(t, look, 'invitation')
    await page.getByRole('button', { name: '接受并进入' }).click()
    await page.getByText('欢迎加入 恒泰精密冲压有限公司').waitFor()
    await inspect(t, look, 'account-welcome')
    await page.getByLabel('新密码').fill('三号线 每班 四万件 螺丝')
    await page.getByRole('button', { name: '设置密码' }).click()
    await page.getByText('密码已设置').waitFor()
    await page.goto('/console/company')
    await page.locator('td .tag', { hasText: '申请中' }).waitFor()
    await inspect(t, look, 'company-waiting')
    const refused = [
      'console: Failed to load resource: the server responded with a status of 422 (Unprocessable Entity)',
    ]
    t.same(look.troubles, refused, 'nothing but the refused form')
    await look.context.close()
  })

  await t.test('an owner invites a colleague, who comes in by the link; keys are shown once', async t => {
    const look = await browser.open({ session: await stage.sessionOf('vendor') })
    const { page } = look
    await page.goto('/console/company/people')
    await page.getByLabel('姓名').fill('李工')
    await page.getByLabel('邮箱').fill('li@vendor.example.com')
    await page.getByRole('button', { name: '邀请', exact: true }).click()
    const link = await page.locator('[data-secret]').inputValue()
    await inspect(t, look, 'people-invited')
    await page.goto('/console/company/keys')
    await page.getByLabel('用途名称').fill('ERP')
    await page.getByRole('button', { name: '创建密钥' }).click()
    const key = await page.locator('[data-secret]').inputValue()
    await inspect(t, look, 'keys-shown')
    t.match(await cast.call(key, 'GET', '/self'), { role: 'editor' })
    await page.goto('/console/company/keys')
    t.notMatch(await page.content(), key, 'a key is shown once')
    const row = page.locator('tr', { hasText: 'ERP' })
    await row.locator('summary', { hasText: '轮换' }).click()
    await row.locator('details[open] button').click()
    await page.locator('[data-secret]').waitFor()
    const old = page.locator('tr', { hasText: '已轮换' })
    await old.locator('summary', { hasText: '吊销' }).click()
    await old.locator('details[open] button').click()
    await page.locator('tr', { hasText: '已吊销' }).waitFor()
    await t.rejects(cast.call(key, 'GET', '/self'), /401/)
    t.same(look.troubles, [])
    await look.context.close()

    const invited = await browser.open({ language: 'en' })
    await invited.page.goto(link)
    await invited.page.getByText('invites you to join').waitFor()
    await inspect(t, invited, 'invitation-en')
    await invited.page.getByRole('button', { name: 'Accept and go in' }).click()
    await invited.page.getByText('Welcome to').waitFor()
    await inspect(t, invited, 'account-en')
    for (const path of ['/console/company', '/console/company/people', '/console/company/keys']) {
      await invited.page.goto(path)
      await inspect(t, invited, `editor-en-${path}`)
    }
    t.same(invited.troubles, [])
    await invited.context.close()
  })

  await t.test('an outcome is reported by one side and confirmed by the other', async t => {
    const { matchId } = stage
    const act = (key: string, ...actions: string[]) =>
      actions.reduce(
        (before, action) => before.then(() => cast.call(key, 'POST', `/matches/${matchId}/transitions`, { action })),
        Promise.resolve(),
      )
    await act(cast.vendor.key, 'express_interest')
    await act(cast.factory.key, 'express_interest', 'accept_introduction')
    await act(cast.vendor.key, 'accept_introduction', 'start_pilot')
    const factory = await browser.open({ session: await stage.sessionOf('factory') })
    const { page } = factory
    await page.goto(`/console/matches/${matchId}`)
    t.equal(await page.locator('.ladder [aria-current=step]').innerText(), '试点中')
    await page.locator('summary', { hasText: '信息公开' }).click()
    await page.locator('summary', { hasText: '填报成效' }).click()
    await page.getByLabel('指标').fill('漏检率')
    await page.getByLabel('单位').fill('%')
    await page.getByLabel('之前的值').fill('2')
    await page.getByLabel('目标值').fill('0.3')
    await page.getByLabel('实际值').fill('0.4')
    await page.getByLabel('测量日期').fill('2026-10-30')
    await page.getByLabel('如何测得').fill('三号线连续四周抽检 12,000 件')
    await inspect(t, factory, 'match-outcome-form')
    await page.locator('button', { hasText: '填报成效' }).click()
    await page.locator('td .tag', { hasText: '待对方确认' }).waitFor()
    t.same(factory.troubles, [])
    await factory.context.close()

    const vendor = await browser.open({ language: 'en', session: await stage.sessionOf('vendor') })
    const row = async () => {
      await vendor.page.goto('/console/inbox')
      return vendor.page.locator('.inbox li', { hasText: 'reported an outcome' }).count()
    }
    await eventually(async () => ((await row()) > 0 ? true : undefined))
    await inspect(t, vendor, 'inbox-en')
    await vendor.page
      .locator('.inbox li', { hasText: 'reported an outcome' })
      .getByRole('button', { name: 'Open' })
      .click()
    await inspect(t, vendor, 'match-outcome-en')
    await vendor.page.getByRole('button', { name: 'Confirm', exact: true }).first().click()
    await vendor.page.locator('td .tag', { hasText: 'Confirmed' }).waitFor()
    t.match(await cast.call(cast.factory.key, 'GET', `/matches/${matchId}/outcomes`), {
      items: [{ state: 'confirmed', actual: 0.4 }],
    })
    t.same(vendor.troubles, [])
    await vendor.context.close()
  })

  await t.test('a developer registers an endpoint, sees its secret once, tests, changes and rotates it', async t => {
    const hook = await receiver(t)
    const look = await browser.open({ session: await stage.sessionOf('vendor') })
    const { page } = look
    await page.goto('/console/endpoints')
    await page.getByLabel('接收地址').fill(hook.url)
    await page.getByRole('button', { name: '登记', exact: true }).click()
    t.match(await page.locator('[data-secret]').inputValue(), /^whsec_/)
    await inspect(t, look, 'endpoint-registered')
    await page.getByLabel('测试事件类型').selectOption('match.created')
    await page.getByRole('button', { name: '发送测试' }).click()
    await page.getByText('测试已送达').waitFor()
    await page.locator('summary', { hasText: '轮换密钥' }).click()
    await page.locator('details[open]').getByRole('button', { name: '确定' }).click()
    t.match(await page.locator('[data-secret]').inputValue(), /^whsec_/)
    await page.locator('summary', { hasText: '修改' }).click()
    await page.locator('details[open]').getByLabel('说明').fill('产线看板')
    await inspect(t, look, 'endpoint-change')
    await page.locator('details[open]').getByRole('button', { name: '保存' }).click()
    await page.getByRole('heading', { name: '产线看板' }).waitFor()
    t.same(look.troubles, [])
    await look.context.close()
  })

  await t.test('a consortium goes from the proposal to its charter on the pages of its members', async t => {
    const deadlineAt = new Date(Date.now() + 30 * 86_400_000).toISOString()
    const { id } = await cast.call(cast.factory.key, 'POST', '/consortia', {
      scenarioId: stage.scenario.id,
      required: [cast.vendor.id],
      deadlineAt,
    })
    await eventually(async () => {
      const { proposal } = await cast.call(cast.factory.key, 'GET', `/consortia/${id}`)
      return proposal === undefined ? undefined : true
    })
    const factory = await browser.open({ session: await stage.sessionOf('factory') })
    const vendor = await browser.open({ language: 'en', session: await stage.sessionOf('vendor') })
    await factory.page.goto('/console/consortia')
    await inspect(t, factory, 'consortia')
    await factory.page.goto(`/console/consortia/${id}`)
    await inspect(t, factory, 'consortium-proposed')
    await factory.page.getByRole('button', { name: '邀请该组合' }).click()
    await factory.page.locator('.tag.forming').waitFor()
    for (const { page } of [factory, vendor]) {
      await page.goto(`/console/consortia/${id}`)
      const accept = page.getByRole('button', { name: /^(接受邀请|Accept)$/ })
      if ((await accept.count()) > 0) await accept.click()
      await page.locator('.moves .tag.accepted').waitFor()
    }
    await inspect(t, vendor, 'consortium-member-en')
    await factory.page.goto(`/console/consortia/${id}`)
    await factory.page.locator('summary', { hasText: '提出新版本' }).click()
    await factory.page.getByLabel('宗旨、分工').fill('共同攻关冲压件划痕全检；数据不出厂；成果按份额共享。')
    await inspect(t, factory, 'consortium-charter-form')
    await factory.page.locator('details[open] button').click()
    for (const { page } of [factory, vendor]) {
      await page.goto(`/console/consortia/${id}`)
      const agree = page.getByRole('button', { name: /^(同意该版本|Agree)$/ })
      if ((await agree.count()) > 0) await agree.click()
    }
    await vendor.page.locator('.tag.formed').first().waitFor()
    await inspect(t, vendor, 'consortium-formed-en')
    t.match(await cast.call(cast.vendor.key, 'GET', `/consortia/${id}`), { state: 'formed', charterVersion: 1 })
    await vendor.page.goto('/console/pools')
    await inspect(t, vendor, 'pools-en')
    t.same([...factory.troubles, ...vendor.troubles], [])
    await factory.context.close()
    await vendor.context.close()
  })

  await t.test('a factory sees what the five elements lack, and keeps a list of whom it never meets', async t => {
    const look = await browser.open({ session: await stage.sessionOf('factory') })
    const { page } = look
    await page.goto(`/console/scenarios/${stage.scenario.id}`)
    await page.locator('tr.part').nth(4).waitFor()
    await inspect(t, look, 'scenario-checklist')
    await page.goto('/console/company/exclusions')
    await page.getByLabel('名称（或填信用代码）').fill('某某竞争对手有限公司')
    await page.getByLabel('原因').fill('直接竞争')
    await page.getByRole('button', { name: '加入名单' }).click()
    await page.locator('td', { hasText: '某某竞争对手有限公司' }).waitFor()
    await inspect(t, look, 'exclusions')
    await page.getByRole('button', { name: '移出名单' }).click()
    await page.getByText('名单为空').waitFor()
    t.same(look.troubles, [])
    await look.context.close()
  })

  await t.test('a factory answers what is asked, changes its demand, and sees a match arrive', async t => {
    const { id } = await cast.call(cast.factory.key, 'POST', '/scenarios', {
      parkId: cast.park.id,
      title: '注塑件缺料检测',
      summary: '注塑件缺料靠人工目检。',
      publish: true,
    })
    const factory = await browser.open({ session: await stage.sessionOf('factory') })
    const { page } = factory
    await page.goto(`/console/scenarios/${id}`)
    await page.getByRole('button', { name: '修改内容' }).click()
    await inspect(t, factory, 'scenario-edit')
    await page.locator('input[name="answer.0"]').fill('漏检率3%，预算12万以内')
    await page.getByRole('button', { name: '补充回答' }).click()
    await page.waitForURL('**/edit')
    t.match(await cast.call(cast.factory.key, 'GET', `/scenarios/${id}`), {
      summary: '注塑件缺料靠人工目检；漏检率3%，预算12万以内',
      budget: { max: 120_000 },
    })
    await page.locator('input[name="budget.max"]').fill('150000')
    await page.locator('input[name="datasets.0.name"]').fill('产线相机图片')
    await page.locator('select[name="datasets.0.modality"]').selectOption('mod.image')
    await page.locator('input[name="datasets.0.amount"]').fill('20000')
    await page.locator('input[name="add.problems"]').fill('缺陷检测')
    await page.locator('select[name="tier.summary"]').selectOption('shared')
    await page.getByRole('button', { name: '保存' }).click()
    await page.waitForURL(`**/scenarios/${id}`)
    const changed = await cast.call(cast.factory.key, 'GET', `/scenarios/${id}`)
    t.match(changed, {
      budget: { max: 150_000, currency: 'CNY' },
      datasets: [{ name: '产线相机图片', modality: 'mod.image', volume: { value: 20_000, unit: 'samples' } }],
      tiers: { summary: 'shared' },
    })
    t.ok(changed.problems.includes('pb.defect-inspection'), 'words become the concept that they name')

    const vendor = await browser.open({ language: 'en', session: await stage.sessionOf('vendor') })
    await vendor.page.goto('/console/capabilities/new')
    await vendor.page.locator('input[name=title]').fill('Short-shot detection for moulded parts')
    await vendor.page
      .locator('textarea')
      .fill('Vision inspection of injection moulded parts: defect detection by few-shot learning on the edge.')
    await vendor.page.locator('.reading').first().waitFor()
    await inspect(t, vendor, 'capability-new-en')
    await vendor.page.getByRole('button', { name: 'Keep as a draft and go on' }).click()
    await vendor.page.waitForURL('**/edit')
    await vendor.page.locator('input[name="price.min"]').fill('80000')
    await vendor.page.locator('input[name="dataRequirements.0.name"]').fill('Images of good and bad parts')
    await vendor.page.locator('select[name="dataRequirements.0.modality"]').selectOption('mod.image')
    await vendor.page.locator('input[name="dataRequirements.0.labels"]').fill('200')
    await inspect(t, vendor, 'capability-edit-en')
    await vendor.page.getByRole('button', { name: 'Save' }).click()
    await vendor.page.getByRole('button', { name: 'Publish' }).click()
    await vendor.page.getByRole('button', { name: 'Take back' }).waitFor()
    await inspect(t, vendor, 'capability-published-en')
    t.same(vendor.troubles, [])
    await vendor.context.close()
    await page.locator('[data-live] td', { hasText: 'Short-shot detection' }).waitFor()
    await inspect(t, factory, 'scenario-live')
    t.same(factory.troubles, [])
    await factory.context.close()
  })
})
