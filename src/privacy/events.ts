import { sql } from 'drizzle-orm'
import { rowsOf, type Tx } from '../platform/db.ts'

const GONE = '（已删除 · erased）'

/**
 * Takes an organisation's name and the titles of its demand and supply out of up to `limit` events that it could read,
 * with the copies that lie ready for other receivers: those that were sent are deleted, those that were not are not sent.
 * @returns how many events were treated
 */
export const forgetEvents = async (tx: Tx, organisationId: string, limit: number): Promise<number> => {
  const rows = rowsOf<{ id: string }>(
    await tx.execute(sql`delete from event_readers where ctid in (select r.ctid from event_readers r
      where r.organisation_id = ${organisationId} limit ${limit}) returning event_id as id`),
  )
  if (rows.length === 0) return 0
  const ids = sql`(${sql.join(
    rows.map(row => sql`${row.id}`),
    sql`, `,
  )})`
  const gone = sql`to_jsonb(${GONE}::text)`
  await tx.execute(sql`update events e set data = e.data
    || case when e.data ->> 'organisationId' = ${organisationId} and e.data ? 'organisationName'
      then jsonb_build_object('organisationName', ${gone}) else '{}' end
    || case when e.data ? 'scenarioTitle' and exists (select 1 from scenarios s
        where s.id = e.data ->> 'scenarioId' and s.organisation_id = ${organisationId})
      then jsonb_build_object('scenarioTitle', ${gone}) else '{}' end
    || case when e.data ? 'capabilityTitle' and exists (select 1 from capabilities c
        where c.id = e.data ->> 'capabilityId' and c.organisation_id = ${organisationId})
      then jsonb_build_object('capabilityTitle', ${gone}) else '{}' end
    || case when e.data ? 'title' and e.data ? 'consortiumId' and exists (select 1 from consortia k
        where k.id = e.data ->> 'consortiumId' and k.owner_id = ${organisationId})
      then jsonb_build_object('title', ${gone}) else '{}' end
    where e.id in ${ids}`)
  await tx.execute(sql`delete from deliveries where event_id in ${ids} and organisation_id <> ${organisationId}
    and state in ('delivered', 'exhausted', 'withdrawn', 'dropped')`)
  await tx.execute(sql`update deliveries set body = '{}', state = 'withdrawn', reason = 'erased', next_attempt_at = null
    where event_id in ${ids} and organisation_id <> ${organisationId}
      and state in ('pending', 'held') and lease_until is null`)
  await tx.execute(sql`delete from notices where event_id in ${ids}`)
  return rows.length
}
