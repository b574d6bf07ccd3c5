import { bigint, boolean, index, integer, jsonb, pgTable, text, unique } from 'drizzle-orm/pg-core'
import { organisations, parks } from '../identity/tables.ts'
import type { OrganisationKind } from '../platform/actor.ts'
import { instant } from '../platform/columns.ts'
import type { FundingRule, Support } from './funding.ts'

export const ELEMENTS = ['scenario', 'data', 'compute', 'capital', 'talent'] as const
export type Element = (typeof ELEMENTS)[number]

export const QUOTA_MODES = ['total', 'concurrent'] as const
export type QuotaMode = (typeof QUOTA_MODES)[number]

/** What the data catalogue says of a data set besides its title: jurisdiction, sensitivity, and what may be done with it. */
export type DatasetTerms = {
  jurisdiction: string
  sensitivity: 'general' | 'important' | 'core'
  purposes: string[]
  duties: ('attribute' | 'delete' | 'inform')[]
  forbids: ('distribute' | 'derive' | 'export')[]
  usage: { zh: string; en: string }
  format?: string | undefined
  theme?: string | undefined
}

/** What a park and its partners lend: one of the five elements, of a kind that the lexicon knows (`rs.*`). */
export const resources = pgTable(
  'resources',
  {
    id: text().primaryKey(),
    parkId: text()
      .notNull()
      .references(() => parks.id),
    organisationId: text()
      .notNull()
      .references(() => organisations.id),
    element: text().$type<Element>().notNull(),
    kind: text().notNull(),
    title: text().notNull(),
    titleEn: text(),
    summary: text(),
    quota: jsonb().$type<{ amount: number; unit: string }>(),
    eligibility: text(),
    /** Where the rule stands, for a voucher or a subsidy. */
    source: text(),
    /** How the quota counts: in all (`total`), or at the same time (`concurrent`), as places and machines do. */
    quotaMode: text().$type<QuotaMode>().notNull().default('total'),
    /** RFC 3339 days between which it may be reserved, both included; absent: always. */
    availableFrom: text(),
    availableUntil: text(),
    /** Kinds of organisations that may reserve it; absent: every member of the park. */
    eligibleKinds: text().array().$type<OrganisationKind[]>(),
    /** Of compute: whether it runs on domestic hardware; absent: not said. */
    isDomestic: boolean(),
    /** Of a data set: what the catalogue says about it. */
    dataset: jsonb().$type<DatasetTerms>(),
    createdAt: instant().notNull(),
  },
  table => [
    unique('resources_natural_key').on(table.parkId, table.organisationId, table.title),
    index().on(table.kind),
  ],
)

export const RESERVATION_STATES = ['held', 'returned', 'cancelled'] as const
export type ReservationState = (typeof RESERVATION_STATES)[number]

/** Part of a resource's quota, for somebody, for some days. */
export const reservations = pgTable(
  'reservations',
  {
    id: text().primaryKey(),
    resourceId: text()
      .notNull()
      .references(() => resources.id),
    parkId: text().notNull(),
    /** Who lends. */
    lenderId: text().notNull(),
    organisationId: text()
      .notNull()
      .references(() => organisations.id),
    amount: bigint({ mode: 'number' }).notNull(),
    fromDay: text().notNull(),
    untilDay: text().notNull(),
    purpose: text().notNull(),
    state: text().$type<ReservationState>().notNull(),
    createdAt: instant().notNull(),
    endedAt: instant(),
  },
  table => [index('reservations_resource').on(table.resourceId, table.state), index().on(table.organisationId)],
)

/** A rule of support as data, with where it stands. */
export const fundingRules = pgTable(
  'funding_rules',
  {
    id: text().primaryKey(),
    parkId: text()
      .notNull()
      .references(() => parks.id),
    title: text().notNull(),
    rule: jsonb().$type<Omit<FundingRule, 'id' | 'title'>>().notNull(),
    /** Where it was published. */
    source: text().notNull(),
    createdAt: instant().notNull(),
  },
  table => [unique('funding_rules_natural_key').on(table.parkId, table.title)],
)

/** What was granted. Amounts are whole yuan. */
export const fundingGrants = pgTable(
  'funding_grants',
  {
    id: text().primaryKey(),
    parkId: text().notNull(),
    firmId: text()
      .notNull()
      .references(() => organisations.id),
    vendorId: text(),
    day: text().notNull(),
    costsYuan: bigint({ mode: 'number' }).notNull(),
    totalYuan: bigint({ mode: 'number' }).notNull(),
    supports: jsonb().$type<Support[]>().notNull(),
    grantedById: text().notNull(),
    createdAt: instant().notNull(),
  },
  table => [index('funding_grants_park').on(table.parkId, table.id), index().on(table.firmId)],
)

/** What each rule paid in each grant: the ledger that caps and pools are counted from. */
export const fundingEntries = pgTable(
  'funding_entries',
  {
    grantId: text()
      .notNull()
      .references(() => fundingGrants.id, { onDelete: 'cascade' }),
    ruleId: text()
      .notNull()
      .references(() => fundingRules.id),
    parkId: text().notNull(),
    firmId: text().notNull(),
    vendorId: text(),
    year: integer().notNull(),
    amountYuan: bigint({ mode: 'number' }).notNull(),
  },
  table => [index('funding_entries_rule').on(table.ruleId), index('funding_entries_grant').on(table.grantId)],
)
