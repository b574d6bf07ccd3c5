import { and, eq, inArray } from 'drizzle-orm'
import { parks } from '../identity/tables.ts'
import type { Tx } from '../platform/db.ts'
import { type consortia, consortiumMembers } from './tables.ts'

type Row = typeof consortia.$inferSelect

/** What every event of a consortium says of it. */
export const eventOf = (row: Row) => ({
  consortiumId: row.id,
  scenarioId: row.scenarioId,
  parkId: row.parkId,
  title: row.title,
})

/** The organisation that administers a park. Parks are listed openly. */
export const parkOrganisation = async (tx: Tx, parkId: string): Promise<string> => {
  const [park] = await tx.select({ organisationId: parks.organisationId }).from(parks).where(eq(parks.id, parkId))
  return park?.organisationId ?? ''
}

/** Whom an event of a consortium concerns: its members, the scenario's owner and the park. */
export const partiesOf = async (tx: Tx, row: Row): Promise<string[]> => {
  const members = await tx
    .select({ organisationId: consortiumMembers.organisationId })
    .from(consortiumMembers)
    .where(and(eq(consortiumMembers.consortiumId, row.id), inArray(consortiumMembers.state, ['accepted', 'invited'])))
  return [row.ownerId, await parkOrganisation(tx, row.parkId), ...members.map(({ organisationId }) => organisationId)]
}
