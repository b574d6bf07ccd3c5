import { eq, sql } from 'drizzle-orm'
import type { Ranking } from '../engine/types.ts'
import { append, finish, isDone, keepAlive } from '../events/outbox.ts'
import { parks } from '../identity/tables.ts'
import { settingsOf } from '../parks/service.ts'
import { listExcluded } from '../identity/exclusions.ts'
import { listSuspended } from '../identity/memberships.ts'
import { rowsOf, transaction, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { loadScenarioInputs } from '../scenarios/feed.ts'
import { scenarios } from '../scenarios/tables.ts'
import { planAnnouncements, type Placed, type Plan, type PlannedWrite, type Standing } from './announce.ts'
import { storeScore } from './explanation.ts'
import { rewriteExplanations } from './explain.ts'
import { audiencesOf, type Keeper } from './keeper.ts'
import { eventsOf, silence } from './news.ts'
import { announcedProblems } from './problems.ts'
import { isTouched } from './rules.ts'
import { refreshStandings } from './standings.ts'
import { matches } from './tables.ts'
import { publicTextOfScenario } from './vectors.ts'
import { type RankingContext, writeMatches, writeNearMisses } from './write.ts'

const WORKER = { kind: 'worker' } as const
const STORED_MAX = 50
const NEAR_MISSES_MAX = 10
/** CPU work gives the event loop back this often, so that neither the API nor a job lock suffers. */
const YIELD_MS = 20

export type ScoringDeps = Pick<Deps, 'db' | 'clock' | 'random' | 'lexicon'> & { keeper: Keeper }

/**
 * Scores one scenario against everything offered to it and writes what follows: matches, explanations, near misses,
 * events, and that the causing event is done. Doing it again changes nothing. The shortlist of a scenario that has no
 * list yet is written and told in a transaction of its own, before the many pairs that nobody is told of; everything else
 * is one transaction.
 */
export const scoreScenario = async (deps: ScoringDeps, job: { eventId: string; scenarioId: string }): Promise<void> => {
  if (await transaction(deps, WORKER, tx => isDone(tx, job.eventId))) return
  const scored = await scoreOne(deps, job.scenarioId, await deps.keeper.refresh())
  const told = await tellFirst(deps, scored)
  await transaction(deps, WORKER, async tx => {
    await store(tx, deps, scored, { isQuiet: false, told })
    await finish(tx, deps, [job.eventId])
  })
}

/** Scores again every scenario whose list a changed capability stands in or might enter, one transaction each. */
export const scoreCapability = async (
  deps: ScoringDeps,
  job: { eventId: string; capabilityId: string },
): Promise<void> => {
  if (await transaction(deps, WORKER, tx => isDone(tx, job.eventId))) return
  await deps.keeper.refresh()
  for (const scenarioId of await listAffected(deps, job.capabilityId)) {
    await rescoreBeside(deps, scenarioId, async () => {})
    await transaction(deps, WORKER, tx => keepAlive(tx, deps, job.eventId))
  }
  await transaction(deps, WORKER, tx => finish(tx, deps, [job.eventId]))
}

/** Scenarios that hold a pair with the capability, and those whose list it might enter by what the engine knows of both. */
const listAffected = async (deps: ScoringDeps, capabilityId: string): Promise<string[]> => {
  const older = await transaction(deps, WORKER, tx => listOlder(tx, capabilityId))
  const { engine } = deps.keeper
  // What a newcomer needs has changed with every score since, in whichever process that was.
  for (const scenario of older) engine.scenarios.setEntry(scenario.id, scenario.entry_score)
  const mayEnter = new Set(engine.affectedScenarios(capabilityId))
  return older.filter(scenario => scenario.holds || mayEnter.has(scenario.id)).map(scenario => scenario.id)
}

/**
 * Scenarios that see the capability or hold a pair with it, and whose stored ranking is older than its last change. One
 * that has not been scored yet, or not since its own last change, is left to its own event, which comes later and sees
 * the capability.
 */
const listOlder = async (
  tx: Tx,
  capabilityId: string,
): Promise<{ id: string; entry_score: number; holds: boolean }[]> =>
  rowsOf(
    await tx.execute(sql`select s.id, s.entry_score, m.id is not null as holds
      from scenarios s join capabilities c on c.id = ${capabilityId}
        left join matches m on m.scenario_id = s.id and m.capability_id = c.id and m.rank is not null
      where s.scored_horizon <= c.feed_xid and s.feed_xid < s.scored_horizon
        and (m.id is not null or (s.state = 'published' and c.state = 'published'
          and (s.park_id = any(c.audiences) or 'network' = any(c.audiences))))
      order by s.id`),
  )

type Loaded = Awaited<ReturnType<typeof loadScenarioInputs>>[number]

/**
 * `isQuiet` tells nobody; what is not told now is told by the next score that is not quiet. `horizon`: that of a refresh
 * just now, so that many scenarios in a row share one; what changes meanwhile comes with an event of its own.
 */
export type RescoreOptions = { isQuiet?: boolean; horizon?: string }

/** Scores one scenario and writes what follows, with `beside` in the same transaction: it gets the plan that was written. */
export const rescoreBeside = async (
  deps: ScoringDeps,
  scenarioId: string,
  beside: (tx: Tx, plan: Plan | undefined) => Promise<void>,
  options: RescoreOptions = {},
): Promise<void> => {
  const scored = await scoreOne(deps, scenarioId, options.horizon ?? (await deps.keeper.refresh()))
  await transaction(deps, WORKER, async tx => {
    await beside(tx, await store(tx, deps, scored, { isQuiet: options.isQuiet === true, told: new Set() }))
  })
}

/** A scenario as it was read, with its ranking while it is published, and up to where the supply is in it. */
type Scored = { scenario: Loaded | undefined; ranking: Ranking | undefined; placed: Placed[]; horizon: string }

const scoreOne = async (deps: ScoringDeps, scenarioId: string, horizon: string): Promise<Scored> => {
  const { scenario, barred } = await transaction(deps, WORKER, async tx => {
    const [found] = await loadScenarioInputs(tx, [scenarioId])
    if (!found) return { scenario: undefined, barred: [] }
    const excluded = await listExcluded(tx, deps, found.organisationId)
    return { scenario: found, barred: [...(await listSuspended(tx, found.parkId)), ...excluded] }
  })
  const ranking = scenario?.state === 'published' ? await rank(deps.keeper, scenario, barred) : undefined
  const known = (ranking?.matches ?? []).filter(pair => deps.keeper.capabilities.has(pair.capabilityId))
  const placed = known.map((pair, i) => ({ capabilityId: pair.capabilityId, rank: i + 1, score: storeScore(pair) }))
  return { scenario, ranking, placed, horizon }
}

/**
 * Writes the pairs that are announced and announces them, where the scenario has no list yet. A list that stands is
 * replaced as a whole: who reads it must not see half of each.
 * @returns the capabilities of the pairs that are written now
 */
const tellFirst = (deps: ScoringDeps, { scenario, ranking, placed }: Scored): Promise<ReadonlySet<string>> =>
  transaction(deps, WORKER, async tx => {
    const around = scenario && placed.length > 0 ? await readAround(tx, deps, scenario, ranking) : undefined
    if (!around || around.standings.length > 0) return new Set()
    const { writes } = planAnnouncements([], placed, around.settings)
    const plan = { writes: writes.filter(write => write.announce), retractions: [] }
    if (plan.writes.length === 0) return new Set()
    const ids = await writeMatches(tx, deps, plan, around.context)
    await refreshStandings(tx, [around.row.id])
    await append(tx, deps, WORKER, eventsOf(plan, ids, around.context))
    return new Set(plan.writes.map(write => write.placed.capabilityId))
  })

/** Ranks in steps and lets others run whenever a step has taken long enough. */
const rank = async (keeper: Keeper, scenario: Loaded, barred: string[]): Promise<Ranking> => {
  const embeddings = await keeper.vectors?.find([publicTextOfScenario(scenario)])
  const steps = keeper.engine.rankInSteps(scenario.input, {
    audiences: audiencesOf(scenario.parkId),
    excludeOrganisations: [scenario.organisationId, ...barred],
    limit: STORED_MAX,
    nearMissLimit: NEAR_MISSES_MAX,
    embedding: embeddings?.get(scenario.id),
  })
  let since = performance.now()
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
    if (performance.now() - since < YIELD_MS) continue
    await new Promise(setImmediate)
    since = performance.now()
  }
}

/** Locks the scenario and reads what its list is written with. Two jobs for the same scenario take turns here. */
const readAround = async (tx: Tx, deps: ScoringDeps, scenario: Loaded, ranking: Ranking | undefined) => {
  const [row] = await tx.select().from(scenarios).where(eq(scenarios.id, scenario.id)).for('update')
  const [park] = await tx.select().from(parks).where(eq(parks.id, scenario.parkId))
  if (!row || !park) return undefined
  const settings = await settingsOf(tx, park.id)
  const standings = await readStandings(tx, scenario.id)
  const problems = announcedProblems(deps.lexicon, row.problems, scenario)
  const context: RankingContext = {
    scenario: { ...scenario, title: row.title, industry: row.industry, problems },
    parkOrganisationId: park.organisationId,
    capabilities: deps.keeper.capabilities,
    versions: ranking?.versions,
    settings,
    now: deps.clock.now(),
  }
  return { row, standings, settings, context }
}

/**
 * Writes the list; of two jobs for the same scenario, the later one writes over what the earlier one wrote. `told` are
 * pairs that this job has written already.
 */
const store = async (
  tx: Tx,
  deps: ScoringDeps,
  { scenario, ranking, placed, horizon }: Scored,
  { isQuiet, told }: { isQuiet: boolean; told: ReadonlySet<string> },
): Promise<Plan | undefined> => {
  const around = scenario && (await readAround(tx, deps, scenario, ranking))
  if (!around) return undefined
  const { row, standings, settings, context } = around
  const { writes, retractions } = planAnnouncements(standings, placed, settings)
  // Unless somebody has changed it since.
  const isWritten = ({ placed: pair, standing, announce }: PlannedWrite) =>
    told.has(pair.capabilityId) && standing?.rank === pair.rank && announce === undefined
  const announced = { writes: writes.filter(write => !isWritten(write)), retractions }
  const plan = isQuiet ? silence(announced) : announced
  const ids = await writeMatches(tx, deps, plan, context)
  await writeNearMisses(tx, ranking?.nearMisses ?? [], context)
  // A pair that people moved and that stands in no list any more keeps its proof, shown by the tiers of today.
  const listed = new Set(placed.map(pair => pair.capabilityId))
  for (const standing of standings)
    if (isTouched(standing.state) && !listed.has(standing.capabilityId))
      await rewriteExplanations(tx, deps, standing.id)
  await refreshStandings(tx, [row.id])
  await append(tx, deps, WORKER, eventsOf(plan, ids, context))
  const outcome = { best: placed[0]?.score.total ?? null, entryScore: entryScoreOf(placed), horizon }
  await noteScored(tx, deps, row, outcome, { ...settings, parkOrganisationId: context.parkOrganisationId }, isQuiet)
  return plan
}

const readStandings = (tx: Tx, scenarioId: string): Promise<Standing[]> =>
  tx
    .select({
      id: matches.id,
      capabilityId: matches.capabilityId,
      vendorId: matches.vendorId,
      factoryInterestAt: matches.factoryInterestAt,
      vendorInterestAt: matches.vendorInterestAt,
      factoryAcceptedAt: matches.factoryAcceptedAt,
      vendorAcceptedAt: matches.vendorAcceptedAt,
      state: matches.state,
      rank: matches.rank,
      announcedAt: matches.announcedAt,
      announcedTotal: matches.announcedTotal,
      announcedVerdicts: matches.announcedVerdicts,
    })
    .from(matches)
    .where(eq(matches.scenarioId, scenarioId))
    .orderBy(matches.capabilityId)
    .for('update')

const entryScoreOf = (placed: Placed[]): number => (placed.length < STORED_MAX ? 0 : (placed.at(-1)?.score.total ?? 0))

type Outcome = { best: number | null; entryScore: number; horizon: string }

/** Marks the scenario as scored, with what a newcomer must reach, and says once that nobody serves it. */
const noteScored = async (
  tx: Tx,
  deps: ScoringDeps,
  row: typeof scenarios.$inferSelect,
  { best, entryScore, horizon }: Outcome,
  settings: { matchThreshold: number; parkOrganisationId: string },
  isQuiet: boolean,
): Promise<void> => {
  const now = deps.clock.now()
  const isUnserved = row.state === 'published' && !row.isWithheld && (best === null || best < settings.matchThreshold)
  const unservedSince = isUnserved ? (row.unservedSince ?? now) : null
  await tx
    .update(scenarios)
    .set({ scoredAt: now, scoredHorizon: horizon, entryScore, unservedSince })
    .where(eq(scenarios.id, row.id))
  if (!isUnserved || row.unservedSince !== null || isQuiet) return
  const data = {
    scenarioId: row.id,
    parkId: row.parkId,
    scenarioTitle: row.title,
    problems: row.problems,
    bestTotal: best,
    threshold: settings.matchThreshold,
  }
  const readers = [settings.parkOrganisationId, row.organisationId]
  await append(tx, deps, WORKER, [
    { type: 'scenario.unserved', data, parkId: row.parkId, readers },
    { type: 'consortium.wanted', data: { scenarioId: row.id }, parkId: row.parkId },
  ])
}
