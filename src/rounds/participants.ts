import { and, eq, inArray, sql } from 'drizzle-orm'
import { listExcludedPairs } from '../identity/exclusions.ts'
import { memberships } from '../identity/tables.ts'
import { matches } from '../matching/tables.ts'
import type { Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { type Contradiction, refuseContradictions } from '../platform/errors.ts'
import { scenarios } from '../scenarios/tables.ts'
import { findRoundFaults, type Participant, type Possible, type RoundInput } from './run.ts'
import type { NewRound } from './schemas.ts'

export type NewEntry = {
  subjectId: string
  side: 'scenario' | 'vendor'
  organisationId: string
  capacity: number
  place: number
  preferences: string[] | null
}

/** Those who take part, each once and each of this park. @throws 422 */
export const listEntries = async (tx: Tx, input: NewRound): Promise<NewEntry[]> => {
  const known = await tx
    .select({ id: scenarios.id, organisationId: scenarios.organisationId })
    .from(scenarios)
    .where(and(eq(scenarios.parkId, input.parkId), eq(scenarios.state, 'published')))
  const active = await tx
    .select({ organisationId: memberships.organisationId })
    .from(memberships)
    .where(and(eq(memberships.parkId, input.parkId), eq(memberships.state, 'active')))
  const ownerOf = new Map(known.map(({ id, organisationId }) => [id, organisationId]))
  const isActive = new Set(active.map(({ organisationId }) => organisationId))
  const seen = new Set<string>()
  const found: Contradiction[] = []
  const check = (pointer: string, id: string, isKnown: boolean) => {
    if (seen.has(id)) found.push({ pointer, detail: { zh: '重复', en: 'It stands twice' } })
    else if (!isKnown) found.push({ pointer, detail: { zh: '不属于该园区', en: 'It is not of this park' } })
    seen.add(id)
  }
  input.scenarios.forEach(({ scenarioId }, i) => check(`/scenarios/${i}`, scenarioId, ownerOf.has(scenarioId)))
  input.vendors.forEach(({ vendorId }, i) => check(`/vendors/${i}`, vendorId, isActive.has(vendorId)))
  refuseContradictions(found)
  return [
    ...input.scenarios.map(({ scenarioId, capacity }, place) => ({
      subjectId: scenarioId,
      side: 'scenario' as const,
      organisationId: ownerOf.get(scenarioId) ?? '',
      capacity,
      place,
      preferences: null,
    })),
    ...input.vendors.map(({ vendorId, capacity }, place) => ({
      subjectId: vendorId,
      side: 'vendor' as const,
      organisationId: vendorId,
      capacity,
      place,
      preferences: null,
    })),
  ]
}

/** Both sides in the order that decides between equals. */
export const toParticipants = (entries: readonly NewEntry[]): { scenarios: Participant[]; vendors: Participant[] } => {
  const of = (side: 'scenario' | 'vendor') =>
    entries.filter(entry => entry.side === side).toSorted((a, b) => a.place - b.place)
  return { scenarios: of('scenario'), vendors: of('vendor') }
}

/** Everybody who is named takes part, forced pairs have a match, and the limits are such that a stable result exists. */
export const checkTerms = (input: RoundInput): Contradiction[] => {
  const ids = new Set([...input.scenarios, ...input.vendors].map(({ subjectId }) => subjectId))
  const matched = new Set(input.possible.map(({ scenarioId, vendorId }) => `${scenarioId} ${vendorId}`))
  const unknown = (pointer: string, named: readonly string[]): Contradiction[] =>
    named.every(id => ids.has(id))
      ? []
      : [{ pointer, detail: { zh: '引用了不在本轮的成员', en: 'It names somebody who is not in the round' } }]
  const found = [
    ...input.terms.limits.flatMap((limit, i) => unknown(`/limits/${i}`, [...limit.members, ...(limit.others ?? [])])),
    ...(['forced', 'forbidden'] as const).flatMap(name =>
      input.terms[name].flatMap((pair, i) => unknown(`/${name}/${i}`, [pair.scenarioId, pair.vendorId])),
    ),
    ...input.terms.forced.flatMap(({ scenarioId, vendorId }, i) =>
      matched.has(`${scenarioId} ${vendorId}`)
        ? []
        : [
            {
              pointer: `/forced/${i}`,
              detail: { zh: '两者之间没有匹配记录', en: 'There is no match between the two' },
            },
          ],
    ),
  ]
  if (found.length > 0) return found
  // Limits of a side are numbered among themselves; whoever reads the error wants their place in the request.
  return findRoundFaults(input).map(({ pointer, detail }) => ({
    pointer: pointer.replace(/^\/(scenarios|vendors)\/limits/, '/limits'),
    detail,
  }))
}

/**
 * The best match of each scenario with each vendor that takes part, by total. A pair of which one lists the other is as
 * if it had no match: nobody can tell the two apart.
 */
export const listPossible = async (
  tx: Tx,
  deps: Pick<Deps, 'clock'>,
  asking: readonly Participant[],
  offering: readonly Participant[],
): Promise<Possible[]> => {
  const rows = await tx
    .select()
    .from(matches)
    .where(
      and(
        inArray(
          matches.scenarioId,
          asking.map(({ subjectId }) => subjectId),
        ),
        inArray(
          matches.vendorId,
          offering.map(({ subjectId }) => subjectId),
        ),
        sql`${matches.state} not in ('declined', 'withdrawn', 'expired', 'retracted')`,
      ),
    )
    .orderBy(sql`${matches.total} desc, ${matches.id}`)
  const named = rows.flatMap(({ factoryId, vendorId }) => [factoryId, vendorId])
  const apart = new Set((await listExcludedPairs(tx, deps, named)).flatMap(([a, b]) => [`${a} ${b}`, `${b} ${a}`]))
  const best = new Map<string, Possible>()
  for (const { id, scenarioId, factoryId, vendorId, capabilityId, factoryScore, vendorScore } of rows) {
    if (apart.has(`${factoryId} ${vendorId}`)) continue
    const key = `${scenarioId} ${vendorId}`
    if (!best.has(key)) best.set(key, { scenarioId, vendorId, matchId: id, capabilityId, factoryScore, vendorScore })
  }
  return [...best.values()]
}
