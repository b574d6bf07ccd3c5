import { type SQL, sql } from 'drizzle-orm'
import type { Bilingual } from '../engine/types.ts'
import { textArray } from '../events/outbox.ts'
import type { Law } from './laws.ts'
import type { Subject } from './plan.ts'

/** What stays, why, and which rows that are. None of them holds a name, an address or a text of the subject. */
export type Kept = { table: string; what: Bilingual; law: Law; rows: (subject: Subject) => SQL }

const owner = (subject: Subject) => subject.organisationId ?? ''

export const KEPT: Kept[] = [
  {
    table: 'audit_entries',
    what: { zh: '审计记录（仅编号与摘要）', en: 'The audit record: ids and digests only' },
    law: 'logs',
    rows: subject =>
      sql`x.organisation_id = ${owner(subject)} or x.credential_id = any(${textArray(subject.personIds)})`,
  },
  {
    table: 'match_transitions',
    what: { zh: '对接流转及所接受的保密条款版本', en: 'Moves of matches, and which terms were accepted' },
    law: 'claims',
    rows: subject =>
      sql`x.factory_id = ${owner(subject)} or x.vendor_id = ${owner(subject)} or x.credential_id = any(${textArray(subject.personIds)})`,
  },
  {
    table: 'matches',
    what: { zh: '对接的编号、得分与状态', en: 'Matches: ids, scores and states' },
    law: 'transactions',
    rows: subject => sql`x.factory_id = ${owner(subject)} or x.vendor_id = ${owner(subject)}`,
  },
  {
    table: 'match_outcomes',
    what: { zh: '成效数字', en: 'Figures of outcomes' },
    law: 'transactions',
    rows: subject => sql`x.factory_id = ${owner(subject)} or x.vendor_id = ${owner(subject)}`,
  },
  {
    table: 'consortium_charters',
    what: { zh: '参与过的联合体章程', en: 'Charters of its consortia' },
    law: 'claims',
    rows: subject =>
      sql`x.consortium_id in (select c.consortium_id from consortium_members c where c.organisation_id = ${owner(subject)})`,
  },
  {
    table: 'funding_grants',
    what: { zh: '园区资金拨付记录', en: 'Grants of public money' },
    law: 'accounts',
    rows: subject => sql`x.firm_id = ${owner(subject)} or x.vendor_id = ${owner(subject)}`,
  },
]
