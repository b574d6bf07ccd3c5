import {
  boolean,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { sql } from 'drizzle-orm'
import { bytea, instant } from '../platform/columns.ts'
import type { Certificate } from './certificate.ts'

export const ERASURE_STATES = ['waiting', 'running', 'completed', 'cancelled'] as const
export type ErasureState = (typeof ERASURE_STATES)[number]
export const SUBJECT_KINDS = ['person', 'organisation'] as const
export type SubjectKind = (typeof SUBJECT_KINDS)[number]

/** A request to erase, how far it has come, and in the end its certificate. Holds ids and counts, no personal data. */
export const erasures = pgTable(
  'erasures',
  {
    id: text().primaryKey(),
    subjectKind: text().$type<SubjectKind>().notNull(),
    /** No foreign key: the row outlives a person that it speaks of. */
    subjectId: text().notNull(),
    /** The organisation that asked: the subject's own, or the park's. */
    requestedById: text().notNull(),
    bySubject: boolean().notNull(),
    state: text().$type<ErasureState>().notNull(),
    requestedAt: instant().notNull(),
    /** Until then it can be cancelled. */
    dueAt: instant().notNull(),
    /** People who are erased together with their only organisation. */
    personIds: text().array().notNull().default(sql`'{}'`),
    /** The next step of the plan, and how many rows each step has removed so far. */
    step: smallint().notNull().default(0),
    counts: jsonb().$type<Record<string, number>>().notNull().default({}),
    certificate: jsonb().$type<Certificate>(),
    /** SHA-256 of the receipt by which the certificate is fetched when the account is gone. */
    receiptHash: bytea().notNull().unique(),
    finishedAt: instant(),
  },
  table => [
    uniqueIndex('erasures_open').on(table.subjectId).where(sql`state in ('waiting', 'running')`),
    index('erasures_due').on(table.dueAt).where(sql`state in ('waiting', 'running')`),
    index('erasures_requested_by').on(table.requestedById, table.id),
  ],
)

/** What a rule of retention removed on a day: that it was applied can be seen. */
export const retentionRuns = pgTable(
  'retention_runs',
  {
    rule: text().notNull(),
    day: date({ mode: 'string' }).notNull(),
    removed: integer().notNull(),
    finishedAt: instant().notNull(),
  },
  table => [primaryKey({ columns: [table.rule, table.day] })],
)
