import { type SQL, sql } from 'drizzle-orm'
import type { TargetMetric } from '../parks/targets.ts'
import { rowsOf, type Tx } from '../platform/db.ts'
import type { Kind } from './figures.ts'
import { demandOf, type Scope, within } from './scope.ts'

export type TargetRow = {
  id: string
  metric: TargetMetric
  title: string
  value: number
  from: string
  to: string
  source: string | null
}

const joined = (scope: Scope, kind: string) => sql`select m.organisation_id as id from memberships m
  join organisations o on o.id = m.organisation_id and o.kind = ${kind}
  where m.park_id = ${scope.park.id} and m.state = 'active' and ${within(sql`coalesce(m.decided_at, m.created_at)`, scope)}`
const reached = (scope: Scope, column: SQL, state: string) => sql`select distinct ${column} as id
  from match_transitions t join matches m on m.id = t.match_id
  where t.park_id = ${scope.park.id} and t."to" = ${state} and t."from" <> t."to" and ${within(sql`t.at`, scope)}`

/** The rows that a target counts, each once. */
const METRICS: Record<TargetMetric, { kind: Kind; rows: (scope: Scope) => SQL }> = {
  scenarios_published: {
    kind: 'scenario',
    rows: scope => sql`select d.id from (${demandOf(scope)}) d where d.published_at is not null`,
  },
  scenarios_matched: { kind: 'scenario', rows: scope => sql`select d.id from (${demandOf(scope)}) d where d.is_near` },
  scenarios_landed: { kind: 'scenario', rows: scope => reached(scope, sql`m.scenario_id`, 'landed') },
  matches_introduced: { kind: 'match', rows: scope => reached(scope, sql`m.id`, 'introduced') },
  vendors_joined: { kind: 'organisation', rows: scope => joined(scope, 'vendor') },
  manufacturers_joined: { kind: 'organisation', rows: scope => joined(scope, 'manufacturer') },
  vendors_landed: { kind: 'organisation', rows: scope => reached(scope, sql`m.vendor_id`, 'landed') },
  manufacturers_landed: { kind: 'organisation', rows: scope => reached(scope, sql`m.factory_id`, 'landed') },
  outcomes_confirmed: {
    kind: 'outcome',
    rows: scope => sql`select o.id from match_outcomes o
      where o.park_id = ${scope.park.id} and o.state = 'confirmed' and ${within(sql`o.decided_at`, scope)}`,
  },
}

/** What a target counts: its rows between its own days, whatever the period of the report. */
export const rowsOfTarget = (scope: Scope, target: Pick<TargetRow, 'metric' | 'from' | 'to'>) => {
  const { kind, rows } = METRICS[target.metric]
  return { kind, rows: rows({ ...scope, period: { from: target.from, to: target.to } }) }
}

const DAY_MS = 86_400_000
const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / DAY_MS

/**
 * How far a target has come. Behind is who has less than the share of the time that has passed, in whole days of the
 * park, today included; after the last day, who has not reached it.
 */
export const judgeTarget = (target: Pick<TargetRow, 'value' | 'from' | 'to'>, actual: number, today: string) => {
  const days = dayOf(target.to) - dayOf(target.from) + 1
  const passed = Math.min(days, Math.max(0, dayOf(today) - dayOf(target.from) + 1))
  const expected = (target.value * passed) / days
  const status =
    actual >= target.value ? ('reached' as const) : actual < expected ? ('behind' as const) : ('on_track' as const)
  return {
    actual,
    expected: Math.round(expected * 10) / 10,
    percent: Math.round((actual / target.value) * 1_000) / 10,
    status,
  }
}

/** The park's targets with what they count today. */
export const readTargets = async (tx: Tx, scope: Scope): Promise<(TargetRow & { actual: number })[]> => {
  const targets = rowsOf<TargetRow>(
    await tx.execute(sql`select id, metric, title, value, "from"::text, "to"::text, source from park_targets
      where park_id = ${scope.park.id} order by id`),
  )
  const counted: (TargetRow & { actual: number })[] = []
  for (const target of targets) {
    const [row] = rowsOf<{ count: number }>(
      await tx.execute(sql`select count(*)::int as count from (${rowsOfTarget(scope, target).rows}) r`),
    )
    counted.push({ ...target, actual: row?.count ?? 0 })
  }
  return counted
}
