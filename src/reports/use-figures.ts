import { type SQL, sql } from 'drizzle-orm'
import { KINDS_OF_USE, RESOURCE_USES, type ResourceUse } from '../resources/uses.ts'
import type { Narrowing } from './figures.ts'
import type { Scope } from './scope.ts'

/** Resources of the park, with the use that each serves. */
export const lentOf = ({ park }: Scope): SQL => sql`
  select r.id, r.title, r.created_at, coalesce(r.is_domestic, false) as is_domestic, r.quota ->> 'unit' as unit,
    (r.quota ->> 'amount')::float as amount, ${useOf(sql`r.kind`)} as use
  from resources r where r.park_id = ${park.id}`

const useOf = (kind: SQL): SQL =>
  sql`case ${sql.join(
    RESOURCE_USES.map(use => sql`when ${kind} in (${listed(KINDS_OF_USE[use])}) then ${use}::text`),
    sql` `,
  )} end`
const listed = (values: readonly string[]): SQL =>
  sql.join(
    values.map(value => sql`${value}`),
    sql`, `,
  )

/** Whether the days between two columns touch the period; days are RFC 3339, so they compare as texts. */
const touches = (first: SQL, last: SQL, { period: { from, to } }: Scope): SQL =>
  sql`(${to === undefined ? sql`true` : sql`${first} <= ${to}`} and ${from === undefined ? sql`true` : sql`${last} >= ${from}`})`

/** Reservations that were not cancelled and touch the period. */
export const reservedOf = (scope: Scope): SQL => sql`
  select v.id, v.purpose, v.state, v.created_at, v.organisation_id, v.amount::float as amount, l.unit, l.use, l.is_domestic
  from reservations v join (${lentOf(scope)}) l on l.id = v.resource_id
  where v.park_id = ${scope.park.id} and v.state <> 'cancelled' and ${touches(sql`v.from_day`, sql`v.until_day`, scope)}`

/** Grants of the period, with what each rule paid in them. */
export const paidOf = (scope: Scope): SQL => sql`
  select g.id, g.firm_id, g.costs_yuan::float as costs, g.total_yuan::float as total, g.created_at, e.rule_id, e.amount_yuan::float as paid
  from funding_grants g left join funding_entries e on e.grant_id = g.id
  where g.park_id = ${scope.park.id} and ${touches(sql`g.day`, sql`g.day`, scope)}`

const isUse = ({ use }: Narrowing, row: 'l' | 'v'): SQL =>
  use === undefined ? sql`true` : sql`${sql.raw(row)}.use = ${use satisfies ResourceUse}`

/** Conditions on `lent l`. */
export const LENT_FIGURES = {
  'resources.listed': (narrowing: Narrowing) => sql`${isUse(narrowing, 'l')} and l.use is not null`,
} satisfies Record<string, (narrowing: Narrowing) => SQL>

/** Conditions on `reserved v`. */
export const RESERVED_FIGURES = {
  'reservations.made': (narrowing: Narrowing) => sql`${isUse(narrowing, 'v')} and v.use is not null
    and ${narrowing.unit === undefined ? sql`true` : sql`v.unit = ${narrowing.unit}`}`,
  'reservations.domestic': (narrowing: Narrowing) => sql`${isUse(narrowing, 'v')} and v.is_domestic
    and ${narrowing.unit === undefined ? sql`true` : sql`v.unit = ${narrowing.unit}`}`,
} satisfies Record<string, (narrowing: Narrowing) => SQL>

/** Conditions on `paid p`. */
export const PAID_FIGURES = {
  'grants.made': ({ ruleId }: Narrowing) => (ruleId === undefined ? sql`true` : sql`p.rule_id = ${ruleId}`),
} satisfies Record<string, (narrowing: Narrowing) => SQL>
