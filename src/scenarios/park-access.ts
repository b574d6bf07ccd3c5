import { eq, sql } from 'drizzle-orm'
import { type Recording, record } from '../audit/record.ts'
import { append } from '../events/outbox.ts'
import { readPark } from '../identity/service.ts'
import type { Member } from '../platform/actor.ts'
import { rowsOf, type Tx } from '../platform/db.ts'
import { notFound } from '../platform/errors.ts'
import { lockOwn } from './rows.ts'
import { scenarios } from './tables.ts'

/**
 * Opens the sealed tier of a scenario to the administration of its park, or closes it again. What it read meanwhile it
 * knows. Doing the same again changes nothing.
 * @throws 403 for those who may read it, 404
 */
export const setParkAccess = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  id: string,
  isSealedGranted: boolean,
): Promise<void> => {
  const row = await lockOwn(tx, id)
  if ((await isGranted(tx, id)) === isSealedGranted) return
  await tx.execute(sql`select grant_sealed(${id}, ${isSealedGranted})`)
  const type = isSealedGranted ? 'scenario.sealed_granted' : 'scenario.sealed_revoked'
  await record(tx, deps, actor, { action: type, objectId: id, parkId: row.parkId })
  const { organisationId } = await readPark(tx, row.parkId)
  const readers = [actor.organisationId, organisationId]
  await append(tx, deps, actor, [{ type, data: { scenarioId: id, parkId: row.parkId }, parkId: row.parkId, readers }])
}

/** Whether the park's administration may read the sealed tier, for it and for the owner. @throws 404 for others */
export const readParkAccess = async (tx: Tx, actor: Member, id: string) => {
  const [row] = await tx
    .select({ organisationId: scenarios.organisationId, parkId: scenarios.parkId })
    .from(scenarios)
    .where(eq(scenarios.id, id))
  if (!row || (row.organisationId !== actor.organisationId && !actor.adminParkIds.includes(row.parkId)))
    throw notFound()
  return { parkId: row.parkId, sealed: await isGranted(tx, id) }
}

const isGranted = async (tx: Tx, id: string): Promise<boolean> => {
  const [row] = rowsOf<{ granted: boolean }>(await tx.execute(sql`select sealed_is_granted(${id}) as granted`))
  return row?.granted === true
}
