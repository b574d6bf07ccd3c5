import { sql } from 'drizzle-orm'
import t from 'tap'
import { buildApp } from '../../src/app.ts'
import { findAuditKey } from '../../src/audit/record.ts'
import { rowsOf, transaction } from '../../src/platform/db.ts'
import { createSecrets } from '../../src/platform/secrets.ts'
import { countSealed, resealAll, SEALED } from '../../src/privacy/reseal.ts'
import { makeCast } from '../flows/cast.ts'
import { bearer, build, receiver } from '../helper.ts'

const WORKER = { kind: 'worker' } as const
/** The key of the tests, and the one that takes its place. */
const OLD = { id: 'test', key: Buffer.alloc(32, 7) }
const NEW = { id: 'k2', key: Buffer.alloc(32, 9) }

t.test('after a change of SECRETS_KEY everything is sealed anew, and the old key can go', async t => {
  const { app, deps } = await build(t)
  const cast = await makeCast(deps, app)
  const hook = await receiver(t)
  const made = await cast.registerEndpoint(hook.url, { headers: { 'x-own': 'secret-value' } })
  await cast.publishScenario()
  const both = { ...deps, secrets: createSecrets([NEW, OLD]) }
  const onlyNew = { ...deps, secrets: createSecrets([NEW]) }

  await t.test('every sealed column is known', async t => {
    const columns = await transaction(deps, WORKER, async tx =>
      rowsOf<{ name: string }>(
        await tx.execute(sql`select table_name || '.' || column_name as name from information_schema.columns
          where table_schema = 'public' and column_name like '%sealed' order by 1`),
      ),
    )
    t.same(
      columns.map(({ name }) => name).filter(name => name !== 'scenario_sealed' && name !== 'capability_sealed'),
      SEALED.map(({ table, column }) => `${table}.${column}`).sort(),
    )
    for (const report of await countSealed(deps)) t.ok((report.byKey['test'] ?? 0) > 0, report.table)
  })

  await t.test('with the old key missing nothing is lost: what does not open is counted and left', async t => {
    const reports = await resealAll(onlyNew)
    t.ok(reports.every(({ resealed, unopened }) => resealed === 0 && unopened > 0))
  })

  await t.test('half done, it goes on where it was left', async t => {
    const seal = (plain: Buffer, context: string) => {
      if (context.startsWith('endpoint_headers')) throw new Error('stopped')
      return both.secrets.seal(plain, context)
    }
    await t.rejects(resealAll({ ...both, secrets: { ...both.secrets, seal } }), /stopped/)
    t.same(
      (await countSealed(both)).map(({ byKey }) => Object.keys(byKey).join()),
      ['k2', 'k2', 'test'],
    )
    const reports = await resealAll(both)
    t.same(
      reports.map(({ resealed }) => resealed > 0),
      [false, false, true],
    )
    t.ok(reports.every(({ byKey, unopened }) => unopened === 0 && Object.keys(byKey).join() === 'k2'))
    t.ok(
      (await resealAll(both)).every(({ resealed }) => resealed === 0),
      'a second run finds nothing to do',
    )
  })

  await t.test('the new key alone opens all of it', async t => {
    const key = await transaction(deps, WORKER, tx => findAuditKey(tx, onlyNew, cast.factory.id))
    t.equal(key?.length, 32)
    const later = await buildApp(onlyNew)
    t.teardown(() => later.close())
    const shown = await later.inject({
      method: 'POST',
      url: `/v1/webhook-endpoints/${made.id}/reveal-secret`,
      headers: bearer(cast.vendor.key),
    })
    t.equal(shown.statusCode, 200, shown.body)
    t.match(shown.body, made.secret)
  })
})
