import { sql } from 'drizzle-orm'
import { boolean, date, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { organisations, people } from '../identity/tables.ts'
import { bytea, instant } from '../platform/columns.ts'
import type { NoticeType } from './rules.ts'

/** What a person is told: one row for each event and person, with what every reader of the event may see. */
export const notices = pgTable(
  'notices',
  {
    personId: text()
      .notNull()
      .references(() => people.id),
    eventId: text().notNull(),
    organisationId: text()
      .notNull()
      .references(() => organisations.id),
    parkId: text(),
    type: text().$type<NoticeType>().notNull(),
    data: jsonb().$type<Record<string, unknown>>().notNull(),
    /** Whether his organisation is asked to act. */
    needsAnswer: boolean().notNull(),
    createdAt: instant().notNull(),
    readAt: instant(),
    /** When a mail about it is due; absent: none is, or it was sent. */
    mailDueAt: instant(),
    mailAttempts: integer().notNull().default(0),
    mailedAt: instant(),
  },
  table => [
    primaryKey({ columns: [table.personId, table.eventId] }),
    index('notices_mail').on(table.mailDueAt).where(sql`mail_due_at is not null`),
    index('notices_event').on(table.eventId),
    index('notices_created').on(table.createdAt),
  ],
)

/** How a person wants to be written to. No row: both kinds of mail. */
export const mailSettings = pgTable('mail_settings', {
  personId: text()
    .primaryKey()
    .references(() => people.id),
  answers: boolean().notNull(),
  digest: boolean().notNull(),
  /** The day of the last digest, in the park's time zone. */
  digestOn: date({ mode: 'string' }),
  /** SHA-256 of what the newest mail's unsubscribe link holds. */
  unsubscribeHash: bytea().unique(),
})
