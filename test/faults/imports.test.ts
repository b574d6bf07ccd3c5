import { eq } from 'drizzle-orm'
import t from 'tap'
import { events } from '../../src/events/tables.ts'
import { runImport } from '../../src/imports/run.ts'
import { imports } from '../../src/imports/tables.ts'
import { transaction } from '../../src/platform/db.ts'
import { scenarios } from '../../src/scenarios/tables.ts'
import { build, createTestClock, makePark } from '../helper.ts'
import { createCalls } from '../imports/world.ts'

const WORKER = { kind: 'worker' } as const

t.test('a worker that dies within an import leaves no half of a thousand rows, and costs none', async t => {
  const clock = createTestClock()
  const { app, deps } = await build(t, { clock })
  const { call, upload } = createCalls(app, deps)
  const park = await makePark(deps)
  const lines = Array.from({ length: 1_500 }, (_, i) => `东莞第${i % 10}厂,第${i}号工位的划痕检测`)
  const file = ['企业名称,场景名称', ...lines].join('\n')
  const { id } = (await upload(park.key, { kind: 'scenarios', parkId: park.id }, file)).json()
  await call(park.key, 'POST', `/imports/${id}/start`, { publish: false })
  const [event] = await transaction(deps, WORKER, tx =>
    tx.select().from(events).where(eq(events.type, 'import.started')),
  )
  const job = { eventId: event?.id ?? '', importId: id }
  const counted = () => transaction(deps, WORKER, tx => tx.select({ id: scenarios.id }).from(scenarios))
  let left = 1
  const dying = {
    ...deps,
    metrics: {
      ...deps.metrics,
      importedRows: {
        inc: () => {
          if (left-- <= 0) throw new Error('the process dies here')
        },
      },
    } as unknown as typeof deps.metrics,
  }
  await t.rejects(runImport(dying, job))
  t.equal((await counted()).length, 1_000)
  await runImport(deps, job)
  t.equal((await counted()).length, 1_000, 'nobody else touches it while the lease stands')
  clock.advance(2 * deps.config.jobLockMs)
  await runImport(deps, job)
  t.equal((await counted()).length, 1_500)
  const [done] = await transaction(deps, WORKER, tx => tx.select().from(imports))
  t.match(done, { state: 'completed', rowsImported: 1_500, rowsDuplicate: 0, organisationsMade: 10 })
})
