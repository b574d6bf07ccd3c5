import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { newSecret, sign, signingKey } from '../../src/webhooks/signing.ts'
import { eventually, skipUnless } from '../helper.ts'

const guide = readFileSync(new URL('../../docs/webhooks.md', import.meta.url), 'utf8')
const codeOf = (language: string): string => new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(guide)?.[1] ?? ''
const secret = newSecret(randomBytes)

/** Runs the guide's own code and answers its port and what it has printed. */
const startReceiver = async (t: Test, command: string, file: string, code: string) => {
  const path = join(t.testdir(), file)
  writeFileSync(path, code)
  const child: ChildProcess = spawn(command, [path], { env: { ...process.env, WEBHOOK_SECRET: secret, PORT: '0' } })
  t.teardown(() => child.kill())
  let printed = ''
  child.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  const port = await eventually(async () => /listening on (\d+)/.exec(printed)?.[1])
  return { url: `http://127.0.0.1:${port}/duijie`, printed: () => printed }
}

const post = async (url: string, message: { id: string; ageS?: number; body?: string; forged?: string }) => {
  const timestampS = Math.floor(Date.now() / 1_000) - (message.ageS ?? 0)
  const body =
    message.body ?? JSON.stringify({ id: message.id, type: 'match.created', timestamp: '', data: { 名: '验布' } })
  const signature = sign({ id: message.id, timestampS, body, keys: [newSecret(randomBytes), secret].map(signingKey) })
  const headers = { 'webhook-id': message.id, 'webhook-timestamp': String(timestampS), 'webhook-signature': signature }
  return (await fetch(url, { method: 'POST', headers, body: message.forged ?? body })).status
}

for (const [language, command, file] of [
  ['js', process.execPath, 'receiver.mjs'],
  ['python', 'python3', 'receiver.py'],
] as const)
  t.test(
    `the guide's receiver in ${language} takes what is genuine, once, and nothing else`,
    { skip: skipUnless(!spawnSync(command, ['--version']).error, command) },
    async t => {
      const { url, printed } = await startReceiver(t, command, file, codeOf(language))
      t.equal(await post(url, { id: 'evt_1' }), 204)
      t.equal(await post(url, { id: 'evt_1' }), 204, 'a repeat is answered like the first')
      t.equal(await post(url, { id: 'evt_2', forged: '{"id":"evt_2","type":"match.created"}' }), 401)
      t.equal(await post(url, { id: 'evt_3', ageS: 301 }), 401)
      t.equal(await post(url, { id: 'evt_4' }), 204)
      await eventually(async () => printed().includes('evt_4'))
      t.same(printed().match(/handled.*/g), ['handled match.created evt_1', 'handled match.created evt_4'])
    },
  )
