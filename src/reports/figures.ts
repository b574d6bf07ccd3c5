import { type SQL, sql } from 'drizzle-orm'
import { LADDER_STATES, MATCH_STATES } from '../matching/rules.ts'
import type { ResourceUse } from '../resources/uses.ts'
import type { Scope } from './scope.ts'
import { LENT_FIGURES, PAID_FIGURES, RESERVED_FIGURES } from './use-figures.ts'

/** What narrows a figure: the row of the table that it stands in. */
export type Narrowing = {
  state?: string | undefined
  /** A concept, or `none` where no industry is public. */
  industry?: string | undefined
  problem?: string | undefined
  field?: string | undefined
  need?: string | undefined
  vendorId?: string | undefined
  side?: string | undefined
  targetId?: string | undefined
  use?: ResourceUse | undefined
  unit?: string | undefined
  ruleId?: string | undefined
}

/** Columns of a row behind a figure. */
export type Kind =
  | 'scenario'
  | 'match'
  | 'move'
  | 'capability'
  | 'organisation'
  | 'outcome'
  | 'resource'
  | 'reservation'
  | 'grant'

/** The place of a state on the ladder, as PostgreSQL counts the elements of an array. */
export const placeOf = (state: string | undefined): SQL =>
  sql.raw(String(Math.max(0, LADDER_STATES.indexOf(state as never)) + 1))
export const stateIndex = (state: string | undefined): SQL =>
  sql.raw(String(Math.max(0, MATCH_STATES.indexOf(state as never)) + 1))

/**
 * What each figure about scenarios counts, as a condition on `demand d`. The report counts by the same conditions that
 * its rows are listed by, so that a number and what stands behind it cannot drift apart.
 */
export const DEMAND_FIGURES = {
  'scenarios.ever': () => sql`d.published_at is not null`,
  'scenarios.state': ({ state }: Narrowing) => sql`d.state = ${state ?? ''}`,
  'scenarios.published': () => sql`d.state = 'published'`,
  'scenarios.scored': () => sql`d.is_scored`,
  'scenarios.matched': () => sql`(d.is_scored and d.is_near)`,
  'scenarios.unserved': () => sql`(d.is_scored and not d.is_near)`,
  'scenarios.near': () => sql`(d.is_near or coalesce(d.by_reached[2], 0) > 0)`,
  'scenarios.reached': ({ state }: Narrowing) => sql`coalesce(d.by_reached[${placeOf(state)}], 0) > 0`,
  'scenarios.gap': ({ field, need }: Narrowing) => sql`d.state = 'published' and exists (select 1 from scenario_gaps g
    where g.scenario_id = d.id and g.field = ${field ?? ''} ${need === undefined ? sql`` : sql`and ${need} = any(g.needs)`})`,
  'scenarios.gap_required': ({
    field,
  }: Narrowing) => sql`d.state = 'published' and exists (select 1 from scenario_gaps g
    where g.scenario_id = d.id and g.field = ${field ?? ''} and g.is_required)`,
  'scenarios.gap_forbidden': ({
    field,
  }: Narrowing) => sql`d.state = 'published' and exists (select 1 from scenario_gaps g
    where g.scenario_id = d.id and g.field = ${field ?? ''} and g.is_forbidden)`,
  'scenarios.gap_only': ({ field }: Narrowing) => sql`d.state = 'published' and exists (select 1 from scenario_gaps g
    where g.scenario_id = d.id and g.field = ${field ?? ''} and g.is_only)`,
} satisfies Record<string, (narrowing: Narrowing) => SQL>

/** Conditions on `matches m` of scenarios in the period. */
export const MATCH_FIGURES = {
  'matches.state': ({ state }: Narrowing) => sql`m.state = ${state ?? ''}`,
  'matches.reached': ({ state }: Narrowing) =>
    state === LADDER_STATES[0] ? sql`true` : sql`m.reached > 0 and m.reached >= ${placeOf(state)} - 1`,
  'matches.shown': ({ vendorId }: Narrowing) =>
    sql`d.state = 'published' and m.vendor_id = ${vendorId ?? ''} and m.capability_id = any(d.shown) and exists (
      select 1 from capabilities c where c.id = m.capability_id and c.state = 'published'
        and c.audiences && array[m.park_id, 'network'])`,
} satisfies Record<string, (narrowing: Narrowing) => SQL>

const ASKED = sql`t.action in ('express_interest', 'accept_introduction', 'decline') and t.hours is not null`

/** Conditions on moves in the period. */
export const MOVE_FIGURES = {
  'moves.left': ({ state }: Narrowing) => sql`t."from" = ${state ?? ''} and t."from" <> t."to" and t.hours is not null`,
  'moves.entered': ({ state }: Narrowing) => sql`t."to" = ${state ?? ''} and t."from" <> t."to"`,
  'moves.answered': ({ side }: Narrowing) => sql`${ASKED} and t.side = ${side ?? ''}`,
  'moves.silent': ({ side }: Narrowing) => sql`t.action = 'expire' and ${side ?? ''} = any(t.waited_for)`,
} satisfies Record<string, (narrowing: Narrowing) => SQL>

export const OUTCOME_FIGURES = {
  'outcomes.state': ({ state }: Narrowing) => sql`o.state = ${state ?? ''}`,
} satisfies Record<string, (narrowing: Narrowing) => SQL>

/** Conditions on `supply c`. Whom nobody is shown is idle. */
export const SUPPLY_FIGURES = {
  'capabilities.offered': ({ problem, industry }: Narrowing) =>
    sql`${problem === undefined ? sql`true` : sql`${problem} = any(c.problems)`} and ${servesIndustry(industry)}`,
  'capabilities.idle': () => sql`c.id <> all(array(select unnest(d.shown) from demand d where d.state = 'published'))`,
} satisfies Record<string, (narrowing: Narrowing) => SQL>

/** Supply that names no industry is meant for all of them. */
const servesIndustry = (industry: string | undefined): SQL =>
  industry === undefined || industry === 'none'
    ? sql`true`
    : sql`(c.industries is null or c.industries = '[]' or c.industries @> jsonb_build_array(${industry}::text))`

export const FIGURES = [
  ...Object.keys(DEMAND_FIGURES),
  ...Object.keys(MATCH_FIGURES),
  ...Object.keys(MOVE_FIGURES),
  ...Object.keys(OUTCOME_FIGURES),
  ...Object.keys(SUPPLY_FIGURES),
  ...Object.keys(LENT_FIGURES),
  ...Object.keys(RESERVED_FIGURES),
  ...Object.keys(PAID_FIGURES),
  'target',
] as FigureName[]
export type FigureName =
  | keyof typeof DEMAND_FIGURES
  | keyof typeof MATCH_FIGURES
  | keyof typeof MOVE_FIGURES
  | keyof typeof OUTCOME_FIGURES
  | keyof typeof SUPPLY_FIGURES
  | keyof typeof LENT_FIGURES
  | keyof typeof RESERVED_FIGURES
  | keyof typeof PAID_FIGURES
  | 'target'

/** The address of the rows behind a figure. */
export const addressOf = (scope: Scope, figure: FigureName, narrowing: Narrowing = {}): string => {
  const query = Object.entries({ figure, ...narrowing, ...scope.period }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  return `/v1/parks/${scope.park.id}/report/rows?${new URLSearchParams(query).toString()}`
}
