import { and, eq, inArray, or, sql } from 'drizzle-orm'
import { append, finish, isDone, textArray } from '../events/outbox.ts'
import { listNamed } from '../identity/exclusions.ts'
import { rowsOf, transaction, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { conflict } from '../platform/errors.ts'
import { consortia, consortiumBriefs } from './tables.ts'
import type { TeamProblem } from './team.ts'

const WORKER = { kind: 'worker' } as const
const CONSORTIA_MAX = 500

/**
 * Has proposals that name both sides of a new entry of a do-not-match list put together anew. A team that is forming
 * already is left to its members: who may not be with whom, they know themselves.
 */
export const doubtProposals = async (
  deps: Pick<Deps, 'db' | 'clock' | 'random'>,
  job: { eventId: string; exclusionId: string },
): Promise<void> =>
  transaction(deps, WORKER, async tx => {
    if (await isDone(tx, job.eventId)) return
    const { listerId, namedIds } = await listNamed(tx, job.exclusionId)
    const names = (id: string) =>
      or(eq(consortia.ownerId, id), sql`strpos(${consortiumBriefs.proposal}::text, ${`"${id}"`}) > 0`)
    const rows = await tx
      .select({ id: consortia.id, parkId: consortia.parkId })
      .from(consortia)
      .innerJoin(consortiumBriefs, eq(consortiumBriefs.consortiumId, consortia.id))
      .where(
        and(
          inArray(consortia.state, ['assembling', 'proposed']),
          eq(consortia.mode, 'team'),
          names(listerId),
          or(sql`false`, ...namedIds.map(names)),
        ),
      )
      .limit(CONSORTIA_MAX)
    await append(
      tx,
      deps,
      WORKER,
      rows.map(({ id, parkId }) => ({ type: 'consortium.requested' as const, data: { consortiumId: id }, parkId })),
    )
    await finish(tx, deps, [job.eventId])
  })

/**
 * What do-not-match lists mean for a question: pairs that cannot be in one team, and who of those that were asked for
 * cannot be in it at all. Who is in already stays, and so does the scenario's owner; of two others that were both asked
 * for, the first.
 */
export const applyExclusions = (
  pairs: readonly (readonly [string, string])[],
  { staying, required }: { staying: readonly string[]; required: readonly string[] },
): Pick<TeamProblem, 'exclusions'> & { required: string[] } => {
  const apart = (a: string, b: string) => pairs.some(([x, y]) => (x === a && y === b) || (x === b && y === a))
  const kept: string[] = [...staying]
  for (const id of required) if (!kept.includes(id) && !kept.some(other => apart(other, id))) kept.push(id)
  const isKept = new Set(kept)
  return { required: kept, exclusions: pairs.filter(([a, b]) => !isKept.has(a) || !isKept.has(b)) }
}

/**
 * Refuses to invite somebody whom the park has suspended or who must not meet another of the team, in the same words for
 * every reason: only the lister may know of his list.
 * @throws 409
 */
export const refuseUnavailable = async (
  tx: Tx,
  deps: Pick<Deps, 'clock'>,
  parkId: string,
  { members, invited }: { members: readonly string[]; invited: readonly string[] },
): Promise<void> => {
  if (invited.length === 0) return
  const [row] = rowsOf<{ barred: boolean }>(
    await tx.execute(sql`select team_is_barred(${parkId}, ${textArray([...members])}, ${textArray([...invited])},
      ${deps.clock.now().toISOString()}::timestamptz) as barred`),
  )
  if (row?.barred !== true) return
  throw conflict(
    '所选单位目前不能一起受邀，请换一个方案',
    'These cannot be invited together at present: choose another team',
  )
}
