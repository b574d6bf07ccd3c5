import { and, arrayOverlaps, eq, inArray, sql } from 'drizzle-orm'
import { loadCapabilityInputs, type LoadedCapability } from '../capabilities/feed.ts'
import { capabilities } from '../capabilities/tables.ts'
import type { Gap } from '../engine/types.ts'
import { listExcludedPairs } from '../identity/exclusions.ts'
import { organisations } from '../identity/tables.ts'
import { announcedProblems } from '../matching/problems.ts'
import { matches, matchScores } from '../matching/tables.ts'
import type { OrganisationKind } from '../platform/actor.ts'
import { rowsOf, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { resources } from '../resources/tables.ts'
import { loadScenarioInputs } from '../scenarios/feed.ts'
import { applyExclusions } from './exclusions.ts'
import { roleOf } from './rules.ts'
import { type consortia, consortiumBriefs, consortiumMembers, type Wishes } from './tables.ts'
import type { Candidate, Facet, TeamProblem } from './team.ts'

/** Of a consortium that nobody asked for. */
export const NO_WISHES: Wishes = { facets: [], required: [], exclusions: [], costs: [], membersMax: 8 }

type Consortium = typeof consortia.$inferSelect

/** How well somebody takes a facet, of 10,000: what he declares himself, what a technique of his implies, what he lends. */
const DECLARED = 9_000
const BY_TECHNIQUE = 6_000
const BY_RESOURCE = 8_500
const BY_KIND = 8_000
const MATCH_MIN = 2_000
/** Points that two save who were members of one consortium that formed. */
const SAVED_BY_HISTORY = 1_000
const FACETS_EACH_MAX = 3
const CANDIDATES_MAX = 400
const PROBLEM_WEIGHT = 3
const FACETS_MAX = 12

/**
 * What a consortium needs and who could take it, read with every tier, as matching reads it: facets that were asked for,
 * or else the scenario's problems and the missing data of its best pair; candidates are the organisations that offer
 * capabilities or resources in the park. Members that are in or asked stay; who declined or left is out.
 */
export const loadQuestion = async (
  tx: Tx,
  deps: Pick<Deps, 'lexicon' | 'clock'>,
  consortium: Consortium,
): Promise<{ problem: TeamProblem; kinds: Map<string, OrganisationKind> }> => {
  const members = await tx.select().from(consortiumMembers).where(eq(consortiumMembers.consortiumId, consortium.id))
  const [brief] = await tx.select().from(consortiumBriefs).where(eq(consortiumBriefs.consortiumId, consortium.id))
  const wishes = brief?.wishes ?? NO_WISHES
  const facets = wishes.facets.length > 0 ? wishes.facets : await deriveFacets(tx, deps, consortium)
  const staying = members.filter(({ state }) => state === 'accepted' || state === 'invited').map(m => m.organisationId)
  const gone = new Set(
    members.filter(({ state }) => state === 'declined' || state === 'left').map(m => m.organisationId),
  )
  const asked = [...new Set([consortium.ownerId, ...wishes.required])].filter(id => !gone.has(id))
  const offers = await loadOffers(tx, consortium)
  const scores = await loadMatchTotals(tx, consortium.scenarioId)
  const known = [...new Set([...staying, ...asked, ...offers.keys()])].filter(id => !gone.has(id))
  const pairs = await listExcludedPairs(tx, deps, known)
  const { required, exclusions } = applyExclusions(pairs, { staying, required: asked })
  // Who cannot be with somebody that is in for certain is no candidate, so that the exact question stays small.
  const barred = new Set(exclusions.flatMap(([a, b]) => (required.includes(a) ? [b] : required.includes(b) ? [a] : [])))
  const ids = known.filter(id => !barred.has(id)).slice(0, CANDIDATES_MAX)
  const kinds = await loadKinds(tx, ids)
  const costs = new Map(wishes.costs.map(({ organisationId, costYuan }) => [organisationId, costYuan]))
  const candidates = ids
    .filter(id => required.includes(id) || roleOf(kinds.get(id) ?? 'operator') !== undefined)
    .map((id): Candidate => {
      const offer = offers.get(id) ?? { capabilities: [], resources: [] }
      const kind = kinds.get(id)
      return {
        id,
        quality: Object.fromEntries(
          facets.flatMap(({ id: facet }) => {
            const quality = qualityOf(deps, facet, offer, { kind, total: scores.get(id) ?? 0 })
            return quality > 0 ? [[facet, quality]] : []
          }),
        ),
        costYuan: costs.get(id) ?? leastPriceOf(offer),
        capacity: capacityOf(offer),
      }
    })
  return {
    kinds,
    problem: {
      facets,
      candidates,
      membersMax: Math.max(wishes.membersMax, required.length),
      required,
      exclusions: [...wishes.exclusions, ...exclusions.filter(pair => !pair.some(id => barred.has(id)))],
      collaborations: await loadHistory(tx, ids),
    },
  }
}

/** The scenario's problems, and the kinds of resources that would close what its best pair lacks. */
const deriveFacets = async (tx: Tx, deps: Pick<Deps, 'lexicon'>, consortium: Consortium): Promise<Facet[]> => {
  const [scenario] = await loadScenarioInputs(tx, [consortium.scenarioId])
  const picked = (scenario?.input.problems ?? []).filter(ref => typeof ref === 'string')
  const problems = scenario ? announcedProblems(deps.lexicon, picked, scenario) : []
  const [best] = await tx
    .select({ score: matchScores.score })
    .from(matchScores)
    .innerJoin(matches, eq(matches.id, matchScores.matchId))
    .where(eq(matches.scenarioId, consortium.scenarioId))
    .orderBy(sql`${matches.total} desc, ${matches.id}`)
    .limit(1)
  const lacking = (best?.score.gaps ?? []).filter(isOpen).flatMap(({ resource }) => (resource ? [resource] : []))
  const named = [
    ...problems.map(id => ({ id, weight: PROBLEM_WEIGHT })),
    ...[...new Set(lacking)].map(id => ({ id, weight: 1 })),
  ]
  return (named.length > 0 ? named : [{ id: 'role.vendor', weight: 1 }]).slice(0, FACETS_MAX)
}

const isOpen = (gap: Gap): boolean => gap.level === 'required' && gap.verdict !== 'ok' && gap.verdict !== 'convertible'

type Offer = { capabilities: LoadedCapability[]; resources: { kind: string; element: string }[] }

const loadOffers = async (tx: Tx, { parkId }: Consortium): Promise<Map<string, Offer>> => {
  const offered = await tx
    .select({ id: capabilities.id })
    .from(capabilities)
    .where(and(eq(capabilities.state, 'published'), arrayOverlaps(capabilities.audiences, [parkId, 'network'])))
    .orderBy(capabilities.id)
  const offers = new Map<string, Offer>()
  const of = (organisationId: string): Offer => {
    const known = offers.get(organisationId) ?? { capabilities: [], resources: [] }
    offers.set(organisationId, known)
    return known
  }
  for (const lent of await tx.select().from(resources).where(eq(resources.parkId, parkId)))
    of(lent.organisationId).resources.push({ kind: lent.kind, element: lent.element })
  const loaded = await loadCapabilityInputs(
    tx,
    offered.map(({ id }) => id),
  )
  for (const capability of loaded) of(capability.organisationId).capabilities.push(capability)
  return offers
}

/** What it asks at least, in yuan, where nobody said what it would cost here; 0 where it states no price in yuan. */
const leastPriceOf = ({ capabilities: offered }: Offer): number => {
  const prices = offered.flatMap(({ input: { price } }) =>
    price?.currency === 'CNY' ? [price.min ?? price.max ?? 0] : [],
  )
  return prices.length === 0 ? 0 : Math.min(...prices)
}

/** How many facets it can take: as many as its capabilities have free projects and it has resources, up to a bound. */
const capacityOf = ({ capabilities: offered, resources: lent }: Offer): number => {
  const free = offered.map(({ input: { capacity, capacityUsed = 0 } }) =>
    capacity === undefined ? FACETS_EACH_MAX : Math.max(0, capacity - capacityUsed),
  )
  if (offered.length === 0) return FACETS_EACH_MAX
  return Math.min(
    FACETS_EACH_MAX,
    free.reduce((sum, count) => sum + count, lent.length),
  )
}

const loadMatchTotals = async (tx: Tx, scenarioId: string): Promise<Map<string, number>> => {
  const rows = await tx
    .select({ vendorId: matches.vendorId, total: sql<number>`max(${matches.total})::int` })
    .from(matches)
    .where(eq(matches.scenarioId, scenarioId))
    .groupBy(matches.vendorId)
  return new Map(rows.map(({ vendorId, total }) => [vendorId, total]))
}

const loadKinds = async (tx: Tx, ids: string[]): Promise<Map<string, OrganisationKind>> => {
  if (ids.length === 0) return new Map()
  const rows = await tx
    .select({ id: organisations.id, kind: organisations.kind })
    .from(organisations)
    .where(inArray(organisations.id, ids))
  return new Map(rows.map(({ id, kind }) => [id, kind]))
}

/** Pairs of these that were members of one consortium that formed. */
const loadHistory = async (tx: Tx, ids: string[]): Promise<TeamProblem['collaborations']> => {
  const rows = rowsOf<{ a: string; b: string }>(
    await tx.execute(sql`select distinct a.organisation_id as a, b.organisation_id as b
      from consortium_members a
        join consortium_members b on b.consortium_id = a.consortium_id and b.organisation_id > a.organisation_id
        join consortia c on c.id = a.consortium_id
      where c.state in ('formed', 'completed') and a.state = 'accepted' and b.state = 'accepted'
      order by 1, 2`),
  )
  const known = new Set(ids)
  return rows
    .filter(({ a, b }) => known.has(a) && known.has(b))
    .map(({ a, b }) => ({ pair: [a, b] as const, savedPoints: SAVED_BY_HISTORY }))
}

/**
 * How well an organisation takes a facet. `role.*` and `element.*` ask for a kind of organisation or of resource, every
 * other id is a concept: a resource's kind, or something that a capability names. 0: not at all.
 */
const qualityOf = (
  deps: Pick<Deps, 'lexicon'>,
  facet: string,
  offer: Offer,
  { kind, total }: { kind: OrganisationKind | undefined; total: number },
): number => {
  const [scheme, name] = facet.split('.')
  if (scheme === 'role') return kind === name ? BY_KIND : 0
  if (scheme === 'element') return offer.resources.some(({ element }) => element === name) ? BY_RESOURCE : 0
  if (offer.resources.some(({ kind: lent }) => lent === facet)) return BY_RESOURCE
  const inputs = offer.capabilities.map(({ input }) => input)
  const names = inputs.flatMap(input => [
    ...(input.problems ?? []),
    ...(input.techniques ?? []),
    ...(input.hardware ?? []),
    ...(input.integrations ?? []),
    ...(input.processes ?? []),
  ])
  if (names.includes(facet)) return DECLARED
  if (scheme !== 'pb') return 0
  const implied = inputs
    .flatMap(input => input.techniques ?? [])
    .some(technique => typeof technique === 'string' && addresses(deps, technique, facet))
  return Math.max(implied ? BY_TECHNIQUE : 0, total >= MATCH_MIN ? total : 0)
}

const addresses = (deps: Pick<Deps, 'lexicon'>, technique: string, problem: string): boolean =>
  deps.lexicon.get(technique)?.related.some(({ id }) => id === problem) ?? false
