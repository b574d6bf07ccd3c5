import { asc, eq, gt, and, sql } from 'drizzle-orm'
import { finish, keepAlive, textArray } from '../events/outbox.ts'
import { DEFAULT_SETTINGS } from '../parks/service.ts'
import { transaction, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { scenarios } from '../scenarios/tables.ts'

const WORKER = { kind: 'worker' } as const
const PAGE = 500

/**
 * Counts the matches of scenarios anew, in the transaction that changed them. The function belongs to the database's
 * owner, because a party that moves its match may not read the other matches that are counted with it.
 */
export const refreshStandings = async (tx: Tx, scenarioIds: string[]): Promise<void> => {
  const { matchThreshold, shortlistMax } = DEFAULT_SETTINGS
  await tx.execute(
    sql`select refresh_standings(${textArray([...new Set(scenarioIds)])}, ${matchThreshold}, ${shortlistMax})`,
  )
}

/** Counts a whole park anew, page by page, after it changed its threshold or the length of its shortlists. */
export const refreshPark = async (
  deps: Pick<Deps, 'db' | 'clock'>,
  job: { eventId: string; parkId: string },
): Promise<void> => {
  for (let after: string | undefined = ''; after !== undefined; ) {
    const from: string = after
    after = await transaction(deps, WORKER, async tx => {
      const page = await tx
        .select({ id: scenarios.id })
        .from(scenarios)
        .where(and(eq(scenarios.parkId, job.parkId), gt(scenarios.id, from)))
        .orderBy(asc(scenarios.id))
        .limit(PAGE)
      await refreshStandings(
        tx,
        page.map(row => row.id),
      )
      await keepAlive(tx, deps, job.eventId)
      return page.at(-1)?.id
    })
  }
  await transaction(deps, WORKER, tx => finish(tx, deps, [job.eventId]))
}
