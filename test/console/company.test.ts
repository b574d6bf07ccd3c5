import t, { type Test } from 'tap'
import { skipUnless } from '../helper.ts'
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
})
