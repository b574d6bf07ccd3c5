import { and, asc, desc, eq, sql } from 'drizzle-orm'
import { capabilities } from '../capabilities/tables.ts'
import { readChecklist } from '../consortia/checklist.ts'
import { GATE_WORDS } from '../engine/render/words.ts'
import { renderReasons } from '../engine/render.ts'
import type { Counterfactual, Language } from '../engine/types.ts'
import type { StoredExplanation } from '../matching/explanation.ts'
import { factsOf, sideOf } from '../matching/queries.ts'
import { isOpen, isTouched, waitingFor } from '../matching/rules.ts'
import { matchExplanations, matches, nearMisses } from '../matching/tables.ts'
import type { Member } from '../platform/actor.ts'
import type { Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { notFound } from '../platform/errors.ts'
import { scenarios } from '../scenarios/tables.ts'

type Reading = { actor: Member; language: Language; lexicon: Deps['lexicon']; now: Date }
/** A scenario or a capability: the report is the same from both ends. */
export type Subject = { scenarioId: string } | { capabilityId: string }

const PAIRS_MAX = 20
const CHANGES_MAX = 10
const DAY_MS = 86_400_000
const NOTHING: Parameters<typeof renderReasons>[0] = {
  factory: { score: 0, parts: [] },
  vendor: { parts: [] },
  gates: [],
  gaps: [],
  counterfactuals: [],
}

/**
 * Why the pairs of a scenario or of a capability fit and why others do not, what would change that, what is stuck since
 * when, and who acts next: each as far as the reader may see it. @throws 404
 */
export const readMatchReport = async (tx: Tx, reading: Reading, subject: Subject) => {
  const heading = await headingOf(tx, subject)
  const pairs = await selectPairs(tx, reading, subject)
  const missed = await selectMisses(tx, reading, subject)
  const bodies = pairs.flatMap(({ match, body }) => (body ? [{ match, body }] : []))
  const elements = 'scenarioId' in subject ? (await readChecklist(tx, reading, subject.scenarioId)).elements : undefined
  return {
    ...heading,
    ...(elements ? { elements } : {}),
    at: reading.now.toISOString(),
    pairs: pairs.map(pair => presentPair(pair, reading)),
    nearMisses: missed.map(miss => presentMiss(miss, reading)),
    changes: bestChanges(bodies, reading),
    stuck: pairs
      .filter(({ match }) => isTouched(match.state) && isOpen(match.state))
      .map(({ match }) => presentStuck(match, reading.now))
      .sort((a, b) => (a.since < b.since ? -1 : 1)),
  }
}

const headingOf = async (tx: Tx, subject: Subject): Promise<{ id: string; title: string }> => {
  const [row] =
    'scenarioId' in subject
      ? await tx
          .select({ id: scenarios.id, title: scenarios.title })
          .from(scenarios)
          .where(eq(scenarios.id, subject.scenarioId))
      : await tx
          .select({ id: capabilities.id, title: capabilities.title })
          .from(capabilities)
          .where(eq(capabilities.id, subject.capabilityId))
  if (!row) throw notFound()
  return row
}

type Pair = { match: typeof matches.$inferSelect; body: StoredExplanation | null; title: string | null }

/** The best pairs of today, and whatever people have touched. */
const selectPairs = (tx: Tx, { actor }: Reading, subject: Subject): Promise<Pair[]> => {
  const mine =
    'scenarioId' in subject
      ? eq(matches.scenarioId, subject.scenarioId)
      : eq(matches.capabilityId, subject.capabilityId)
  return tx
    .select({
      match: matches,
      body: matchExplanations.body,
      title: 'scenarioId' in subject ? capabilities.title : scenarios.title,
    })
    .from(matches)
    .leftJoin(
      matchExplanations,
      and(eq(matchExplanations.matchId, matches.id), eq(matchExplanations.organisationId, actor.organisationId)),
    )
    .leftJoin(scenarios, eq(scenarios.id, matches.scenarioId))
    .leftJoin(capabilities, eq(capabilities.id, matches.capabilityId))
    .where(and(mine, sql`${matches.state} <> 'retracted'`))
    .orderBy(sql`${matches.state} = 'proposed'`, desc(matches.total), asc(matches.id))
    .limit(PAIRS_MAX)
}

type Miss = { row: typeof nearMisses.$inferSelect; title: string | null }
const selectMisses = (tx: Tx, { actor }: Reading, subject: Subject): Promise<Miss[]> => {
  const mine =
    'scenarioId' in subject
      ? eq(nearMisses.scenarioId, subject.scenarioId)
      : eq(nearMisses.capabilityId, subject.capabilityId)
  return tx
    .select({ row: nearMisses, title: 'scenarioId' in subject ? capabilities.title : scenarios.title })
    .from(nearMisses)
    .leftJoin(scenarios, eq(scenarios.id, nearMisses.scenarioId))
    .leftJoin(capabilities, eq(capabilities.id, nearMisses.capabilityId))
    .where(and(mine, eq(nearMisses.organisationId, actor.organisationId)))
    .orderBy(desc(nearMisses.total), asc(nearMisses.scenarioId), asc(nearMisses.capabilityId))
    .limit(PAIRS_MAX)
}

const presentPair = ({ match, body, title }: Pair, reading: Reading) => ({
  matchId: match.id,
  scenarioId: match.scenarioId,
  capabilityId: match.capabilityId,
  ...(title ? { title } : {}),
  side: sideOf(reading.actor, match),
  state: match.state,
  total: match.total,
  why: body ? renderReasons({ ...NOTHING, factory: body.factory, vendor: body.vendor }, reading) : [],
  whyNot: body ? renderReasons({ ...NOTHING, gates: body.gates, gaps: body.gaps }, reading) : [],
})

const presentMiss = ({ row, title }: Miss, reading: Reading) => ({
  scenarioId: row.scenarioId,
  capabilityId: row.capabilityId,
  ...(title ? { title } : {}),
  total: row.total,
  rules: row.body.gates.map(gate => ({
    rule: gate.rule,
    why:
      (GATE_WORDS as Record<string, { why: { zh: string; en: string } }>)[gate.rule]?.why[reading.language] ??
      gate.rule,
    liftedBy: gate.liftedBy,
  })),
  whyNot: renderReasons({ ...NOTHING, gates: row.body.gates }, reading),
})

/** One of each change, with the pairs that it would lift: what lifts most in all comes first. */
const bestChanges = (pairs: { match: Pair['match']; body: StoredExplanation }[], reading: Reading) => {
  const found = new Map<string, { change: Counterfactual; gains: { matchId: string; delta: number }[] }>()
  for (const { match, body } of pairs)
    for (const change of body.counterfactuals) {
      const key = JSON.stringify([change.change, change.by, change.params])
      const known = found.get(key) ?? { change, gains: [] }
      known.gains.push({ matchId: match.id, delta: change.delta })
      if (change.delta > known.change.delta) known.change = change
      found.set(key, known)
    }
  return [...found.values()]
    .map(({ change, gains }) => ({
      change: change.change,
      by: change.by,
      said: renderReasons({ ...NOTHING, counterfactuals: [change] }, reading)[0] ?? change.change,
      gain: gains.reduce((sum, { delta }) => sum + delta, 0),
      matchIds: gains.map(({ matchId }) => matchId),
    }))
    .sort((a, b) => b.gain - a.gain || (a.said < b.said ? -1 : 1))
    .slice(0, CHANGES_MAX)
}

const presentStuck = (match: Pair['match'], now: Date) => ({
  matchId: match.id,
  state: match.state,
  since: match.stateSince.toISOString(),
  days: Math.floor((now.getTime() - match.stateSince.getTime()) / DAY_MS),
  waitingFor: waitingFor(factsOf(match)),
  ...(match.deadlineAt ? { deadlineAt: match.deadlineAt.toISOString() } : {}),
  isOverdue: match.deadlineAt !== null && match.deadlineAt <= now,
})
