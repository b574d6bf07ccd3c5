import { type SQL, sql } from 'drizzle-orm'
import { rowsOf, type Tx } from '../platform/db.ts'
import { notFound } from '../platform/errors.ts'
import { type PageQuery, pageOfRows } from '../platform/pages.ts'
import {
  DEMAND_FIGURES,
  type FigureName,
  type Kind,
  MATCH_FIGURES,
  MOVE_FIGURES,
  type Narrowing,
  OUTCOME_FIGURES,
  SUPPLY_FIGURES,
} from './figures.ts'
import { demandOf, movesOf, type Scope, supplyOf, within } from './scope.ts'
import { rowsOfTarget, type TargetRow } from './targets.ts'
import { lentOf, LENT_FIGURES, PAID_FIGURES, paidOf, RESERVED_FIGURES, reservedOf } from './use-figures.ts'

type Row = {
  id: string
  title: string | null
  state: string | null
  at: string | null
  matchId?: string
  amount?: number
  unit?: string
}
type Source = { kind: Kind; query: SQL }

/** The rows behind a figure of the report, newest first. @throws 404 for a target that is not the park's */
export const readRows = async (tx: Tx, scope: Scope, request: Narrowing & PageQuery & { figure: FigureName }) => {
  const { kind, query } = await sourceOf(tx, scope, request)
  const rows = rowsOf<Row>(
    await tx.execute(sql`with demand as (${demandOf(scope, 'named')}) select r.* from (${query}) r
      where ${request.cursor === undefined ? sql`true` : sql`r.id < ${request.cursor}`}
      order by r.id desc limit ${request.limit + 1}`),
  )
  const items = rows.map(row => ({
    id: row.id,
    kind,
    ...(row.title === null ? {} : { title: row.title }),
    ...(row.state === null ? {} : { state: row.state }),
    ...(row.at === null ? {} : { at: new Date(row.at).toISOString() }),
    ...(row.matchId ? { matchId: row.matchId } : {}),
    ...(row.amount === undefined ? {} : { amount: row.amount }),
    ...(row.unit ? { unit: row.unit } : {}),
  }))
  return pageOfRows(items, request, row => row.id)
}

const sourceOf = async (tx: Tx, scope: Scope, request: Narrowing & { figure: FigureName }): Promise<Source> => {
  const { figure } = request
  if (figure in DEMAND_FIGURES) return ofDemand(request, DEMAND_FIGURES[figure as keyof typeof DEMAND_FIGURES](request))
  if (figure in MATCH_FIGURES) return ofMatches(scope, MATCH_FIGURES[figure as keyof typeof MATCH_FIGURES](request))
  if (figure in MOVE_FIGURES) return ofMoves(scope, MOVE_FIGURES[figure as keyof typeof MOVE_FIGURES](request))
  if (figure in OUTCOME_FIGURES)
    return ofOutcomes(scope, OUTCOME_FIGURES[figure as keyof typeof OUTCOME_FIGURES](request))
  if (figure in SUPPLY_FIGURES) return ofSupply(scope, SUPPLY_FIGURES[figure as keyof typeof SUPPLY_FIGURES](request))
  if (figure in LENT_FIGURES) return ofLent(scope, LENT_FIGURES[figure as keyof typeof LENT_FIGURES](request))
  if (figure in RESERVED_FIGURES)
    return ofReserved(scope, RESERVED_FIGURES[figure as keyof typeof RESERVED_FIGURES](request))
  if (figure in PAID_FIGURES) return ofPaid(scope, request, PAID_FIGURES[figure as keyof typeof PAID_FIGURES](request))
  const [target] = rowsOf<TargetRow>(
    await tx.execute(sql`select metric, "from"::text, "to"::text from park_targets
      where id = ${request.targetId ?? ''} and park_id = ${scope.park.id}`),
  )
  if (!target) throw notFound()
  const { kind, rows } = rowsOfTarget(scope, target)
  return { kind, query: namedAs(kind, rows) }
}

/** Any figure about scenarios may be narrowed to an industry and a problem, as in the map. */
const ofDemand = ({ industry, problem }: Narrowing, condition: SQL): Source => ({
  kind: 'scenario',
  query: sql`select d.id, d.title, d.state, d.published_at as at from demand d where ${condition}
    ${industry === undefined ? sql`` : sql`and d.state = 'published' and d.industry is not distinct from nullif(${industry}, 'none')`}
    ${problem === undefined ? sql`` : sql`and d.state = 'published' and ${problem} = any(d.problems)`}`,
})

const ofMatches = ({ park }: Scope, condition: SQL): Source => ({
  kind: 'match',
  query: sql`select m.id, d.title, m.state, m.state_since as at from matches m join demand d on d.id = m.scenario_id
    where m.park_id = ${park.id} and ${condition}`,
})

const ofMoves = (scope: Scope, condition: SQL): Source => ({
  kind: 'move',
  query: sql`select t.id, null as title, t."to" as state, t.at, t.match_id as "matchId" from (${movesOf(scope, 'named')}) t where ${condition}`,
})

const ofOutcomes = (scope: Scope, condition: SQL): Source => ({
  kind: 'outcome',
  query: sql`select o.id, o.kpi as title, o.state, o.reported_at as at, o.match_id as "matchId" from match_outcomes o
    where o.park_id = ${scope.park.id} and ${within(sql`coalesce(o.decided_at, o.reported_at)`, scope)} and ${condition}`,
})

const ofSupply = (scope: Scope, condition: SQL): Source => ({
  kind: 'capability',
  query: sql`select c.id, c.title, 'published' as state, c.published_at as at from (${supplyOf(scope)}) c where ${condition}`,
})

const ofLent = (scope: Scope, condition: SQL): Source => ({
  kind: 'resource',
  query: sql`select l.id, l.title, null as state, l.created_at as at, l.amount, l.unit from (${lentOf(scope)}) l where ${condition}`,
})

const ofReserved = (scope: Scope, condition: SQL): Source => ({
  kind: 'reservation',
  query: sql`select v.id, v.purpose as title, v.state, v.created_at as at, v.amount, v.unit from (${reservedOf(scope)}) v where ${condition}`,
})

/** A grant shows what the rule paid in it, or without a rule what it came to. */
const ofPaid = (scope: Scope, { ruleId }: Narrowing, condition: SQL): Source => ({
  kind: 'grant',
  query: sql`select distinct p.id, o.name as title, null as state, p.created_at as at, ${ruleId === undefined ? sql`p.total` : sql`p.paid`} as amount, 'CNY' as unit
    from (${paidOf(scope)}) p left join organisations o on o.id = p.firm_id where ${condition}`,
})

/** What a target counts, with names that the park may see. */
const namedAs = (kind: Kind, rows: SQL): SQL => {
  if (kind === 'organisation')
    return sql`select r.id, o.name as title, null as state, null as at from (${rows}) r left join organisations o on o.id = r.id`
  if (kind === 'scenario')
    return sql`select r.id, s.title, s.state, s.published_at as at from (${rows}) r join scenarios s on s.id = r.id`
  if (kind === 'match')
    return sql`select r.id, null as title, m.state, m.state_since as at from (${rows}) r join matches m on m.id = r.id`
  return sql`select r.id, o.kpi as title, o.state, o.reported_at as at from (${rows}) r join match_outcomes o on o.id = r.id`
}
