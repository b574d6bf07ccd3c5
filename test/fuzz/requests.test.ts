import t from 'tap'
import { runFuzz } from '../../bench/fuzz/run.ts'
import { makeFuzzWorld } from '../../bench/fuzz/world.ts'
import { build } from '../helper.ts'

t.test('generated requests meet no server error, no hang and no answer that breaks its own schema', async t => {
  const { app, deps } = await build(t, { resolver: async () => ['127.0.0.1'] })
  const report = await runFuzz(app, await makeFuzzWorld(app, deps), { requests: 3_000, seed: 7 })
  t.same(report.findings, [])
  t.match(report, { serverErrors: 0, hangs: 0, schemaBreaks: 0 })
  t.ok(report.requests >= 3_000)
  t.ok(report.accepted > 300, `${report.accepted} were accepted: what is only refused tries little`)
})
