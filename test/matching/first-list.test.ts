import { eq, sql } from 'drizzle-orm'
import t from 'tap'
import { createEngine } from '../../src/engine/index.ts'
import { events } from '../../src/events/tables.ts'
import { createKeeper } from '../../src/matching/keeper.ts'
import { scoreScenario } from '../../src/matching/score.ts'
import { matches } from '../../src/matching/tables.ts'
import { parkSettings } from '../../src/parks/tables.ts'
import { rowsOf, transaction } from '../../src/platform/db.ts'
import { makeCast } from '../flows/cast.ts'
import { build } from '../helper.ts'

const WORKER = { kind: 'worker' } as const

t.test('the shortlist of a new scenario is told before the pairs that nobody is told of are written', async t => {
  const { app, deps } = await build(t)
  const cast = await makeCast(deps, app)
  await transaction(deps, WORKER, tx =>
    tx
      .insert(parkSettings)
      .values({ parkId: cast.park.id, matchThreshold: 1, shortlistMax: 1, updatedAt: deps.clock.now() }),
  )
  for (let i = 0; i < 3; i++) await cast.publishCapability()
  const { id: scenarioId } = await cast.publishScenario()
  const scoring = { ...deps, keeper: createKeeper(deps, createEngine({ lexicon: deps.lexicon })) }
  const readAll = () =>
    transaction(deps, WORKER, async tx => ({
      pairs: await tx
        .select({
          rank: matches.rank,
          version: matches.version,
          announcedAt: matches.announcedAt,
          xid: sql`xmin::text`,
        })
        .from(matches)
        .where(eq(matches.scenarioId, scenarioId))
        .orderBy(matches.rank),
      told: rowsOf<{ xid: string }>(
        await tx.execute(sql`select xid::text as xid from ${events} where type = 'match.created' order by seq`),
      ),
      causes: await tx.select({ id: events.id }).from(events).where(eq(events.type, 'scenario.published')),
    }))
  const [cause] = (await readAll()).causes
  const job = { eventId: cause?.id ?? '', scenarioId }
  await scoreScenario(scoring, job)

  const { pairs, told } = await readAll()
  t.same(
    pairs.map(pair => ({ rank: pair.rank, version: pair.version, isTold: pair.announcedAt !== null })),
    [
      { rank: 1, version: 1, isTold: true },
      { rank: 2, version: 1, isTold: false },
      { rank: 3, version: 1, isTold: false },
    ],
  )
  const [first = 0, ...rest] = pairs.map(pair => Number(pair.xid))
  t.same(
    told.map(event => Number(event.xid)),
    [first],
    'told in the transaction that wrote it',
  )
  t.ok(rest.length === 2 && rest.every(xid => xid > first))

  await scoreScenario(scoring, job)
  const { causes: _, ...again } = await readAll()
  t.same(again, { pairs, told }, 'doing it again changes nothing')
})
