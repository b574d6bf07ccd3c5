import { and, asc, eq } from 'drizzle-orm'
import type { z } from 'zod'
import { type Recording, record } from '../audit/record.ts'
import type { Stored } from '../identity/idempotency.ts'
import { readPark } from '../identity/service.ts'
import { administers, type Member } from '../platform/actor.ts'
import type { Tx } from '../platform/db.ts'
import { conflict, forbidden, notFound } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import type { NewTarget } from './schemas.ts'
import { parkTargets } from './tables.ts'

const TARGETS_MAX = 100

/** @throws 403 unless the park's administration asks, 404 for an unknown park, 409 past a hundred targets */
export const createTarget = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  parkId: string,
  input: z.infer<typeof NewTarget>,
): Promise<Stored> => {
  await checkAdministration(tx, actor, parkId)
  if ((await tx.$count(parkTargets, eq(parkTargets.parkId, parkId))) >= TARGETS_MAX)
    throw conflict(`每个园区最多 ${TARGETS_MAX} 个目标`, `A park has at most ${TARGETS_MAX} targets`)
  const id = newId(deps, 'target')
  await tx
    .insert(parkTargets)
    .values({ ...input, source: input.source ?? null, id, parkId, createdAt: deps.clock.now() })
  await record(tx, deps, actor, { action: 'target.created', objectId: id, parkId, digests: { input } })
  return { id }
}

export const readTarget = async (tx: Tx, id: string) => {
  const [row] = await tx.select().from(parkTargets).where(eq(parkTargets.id, id))
  if (!row) throw notFound()
  return presentTarget(row)
}

/** @throws 403, 404 */
export const listTargets = async (tx: Tx, actor: Member, parkId: string) => {
  await checkAdministration(tx, actor, parkId)
  const rows = await tx.select().from(parkTargets).where(eq(parkTargets.parkId, parkId)).orderBy(asc(parkTargets.id))
  return { items: rows.map(presentTarget) }
}

/** @throws 403, 404 */
export const deleteTarget = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  parkId: string,
  id: string,
): Promise<void> => {
  await checkAdministration(tx, actor, parkId)
  const gone = await tx
    .delete(parkTargets)
    .where(and(eq(parkTargets.id, id), eq(parkTargets.parkId, parkId)))
    .returning({ id: parkTargets.id })
  if (gone.length === 0) throw notFound()
  await record(tx, deps, actor, { action: 'target.deleted', objectId: id, parkId })
}

const checkAdministration = async (tx: Tx, actor: Member, parkId: string): Promise<void> => {
  await readPark(tx, parkId)
  if (!administers(actor, parkId))
    throw forbidden('只有园区管理方可以设定目标', "Only the park's administration sets targets")
}

const presentTarget = (row: typeof parkTargets.$inferSelect) => {
  const { createdAt: _, source, ...rest } = row
  return { ...rest, ...(source === null ? {} : { source }) }
}
