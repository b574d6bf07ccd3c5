import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildApp } from '../src/app.ts'
import { boot } from '../src/platform/boot.ts'
import { parseConfig } from '../src/platform/config.ts'
import { createEgress } from '../src/platform/egress/post.ts'
import { runFuzz } from './fuzz/run.ts'
import { makeFuzzWorld } from './fuzz/world.ts'

/**
 * Sends generated requests, valid, nearly valid and hostile, to a server of its own on a database of its own, and prints
 * one JSON line. Exit 0 only if nothing failed, hung or broke its own schema.
 */
const { values } = parseArgs({
  options: { requests: { type: 'string', default: '50000' }, seed: { type: 'string', default: '1' } },
})
const folder = mkdtempSync(join(tmpdir(), 'duijie-fuzz-'))
chmodSync(folder, 0o755)
const config = parseConfig({
  DATA_DIR: folder,
  LOG_LEVEL: 'silent',
  CEDICT_PATH: 'off',
  RATE_PER_KEY_MAX: '0',
  RATE_PER_ADDRESS_MAX: '0',
  EVENT_LOOP_DELAY_MS_MAX: '0',
  WEBHOOK_ALLOW_HTTP: '1',
  WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8',
})
const booted = await boot(config, step => console.error(`… ${step}`))
// Nothing that is generated here may be looked up, or called, outside of this machine.
const egress = createEgress({ ...config.webhook, resolver: async () => ['127.0.0.1'] })
const deps = { ...booted.deps, egress }
const app = await buildApp(deps)
try {
  const world = await makeFuzzWorld(app, deps)
  const started = performance.now()
  const { findings, ...report } = await runFuzz(app, world, {
    requests: Number(values.requests),
    seed: Number(values.seed),
  })
  for (const finding of findings) console.error(JSON.stringify(finding))
  console.log(JSON.stringify({ ...report, seconds: Math.round((performance.now() - started) / 1_000) }))
  process.exitCode = report.serverErrors + report.hangs + report.schemaBreaks > 0 ? 1 : 0
} finally {
  await app.close()
  egress.close()
  await booted.close()
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}
