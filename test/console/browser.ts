import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import type { Test } from 'tap'

const WAIT_MS = 30_000
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Debian's Chromium: where CHROMIUM_PATH says, or on the PATH. */
export const findChromium = (): string | undefined => {
  const given = process.env['CHROMIUM_PATH']
  if (given !== undefined && existsSync(given)) return given
  const found = spawnSync('which', ['chromium'], { encoding: 'utf8' })
  return found.status === 0 ? found.stdout.trim() : undefined
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export type Look = { page: Page; troubles: string[]; context: BrowserContext }

/** One browser for a whole file; each role gets a context of its own in it. Ends with the test. */
export const openBrowser = async (t: Test, address: string, executablePath: string) => {
  const profile = mkdtempSync(join(tmpdir(), 'duijie-chromium-'))
  const browser = await chromium.launch({
    executablePath,
    headless: true,
    args: ARGUMENTS,
    timeout: 60_000,
    env: { ...process.env, HOME: profile },
  })
  t.after(async () => {
    await browser.close()
    rmSync(profile, { recursive: true, force: true })
  })
  const open = async (options: {
    language?: 'zh' | 'en'
    isDark?: boolean
    widthPx?: number
    session?: { name: string; value: string }
  }): Promise<Look> => {
    const context = await browser.newContext({
      baseURL: address,
      locale: options.language === 'en' ? 'en-GB' : 'zh-CN',
      colorScheme: options.isDark ? 'dark' : 'light',
      viewport: { width: options.widthPx ?? 1_280, height: 900 },
    })
    context.setDefaultTimeout(WAIT_MS)
    if (options.session) await context.addCookies([{ ...options.session, url: address, httpOnly: true }])
    const troubles: string[] = []
    const page = await context.newPage()
    page.on('console', message => {
      if (message.type() === 'error' || message.type() === 'warning') troubles.push(`console: ${message.text()}`)
    })
    page.on('pageerror', error => troubles.push(`script: ${error.message}`))
    page.on('request', request => {
      const { protocol, origin } = new URL(request.url())
      if (protocol.startsWith('http') && origin !== address) troubles.push(`left the machine: ${request.url()}`)
    })
    return { page, troubles, context }
  }
  return { open }
}

/** What axe-core finds serious or critical on the page as it stands. */
export const findBarriers = async (page: Page): Promise<string[]> => {
  // The policy of the page lets no script in, so the checker is evaluated by the debugger and not by the page.
  await page.evaluate(axeSource)
  const { violations } = await page.evaluate(() =>
    (
      globalThis as unknown as {
        axe: {
          run: () => Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>
        }
      }
    ).axe.run(),
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html.slice(0, 160)).join(' | ')}`)
}

/** How far the page can be scrolled sideways, in pixels. */
export const sidewaysPx = (page: Page): Promise<number> =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
