import { and, eq } from 'drizzle-orm'
import { NewCapability } from '../src/capabilities/schemas.ts'
import { createCapability } from '../src/capabilities/service.ts'
import { capabilities } from '../src/capabilities/tables.ts'
import { insertPark } from '../src/identity/service.ts'
import { memberships, organisations, parks } from '../src/identity/tables.ts'
import type { OrganisationKind } from '../src/platform/actor.ts'
import { type Tx, transaction } from '../src/platform/db.ts'
import type { Deps } from '../src/platform/deps.ts'
import { newId } from '../src/platform/ids.ts'
import { fundingRules, resources } from '../src/resources/tables.ts'
import { NewScenario } from '../src/scenarios/schemas.ts'
import { createScenario } from '../src/scenarios/service.ts'
import { scenarios } from '../src/scenarios/tables.ts'
import { capabilities as capabilitySeeds } from './data/capabilities.ts'
import { fundingRules as fundingSeeds } from './data/funding.ts'
import { organisations as organisationSeeds } from './data/organisations.ts'
import { parks as parkSeeds } from './data/parks.ts'
import { resources as resourceSeeds } from './data/resources.ts'
import { scenarios as scenarioSeeds } from './data/scenarios.ts'
import type { CapabilitySeed, OrganisationSeed, ScenarioSeed } from './data/shapes.ts'
import { idOf, memberOf, seedTogether } from './together.ts'

export type Seeded = {
  /** Park id by slug. */
  parks: Map<string, string>
  /** Organisation id by the seed's key. */
  organisations: Map<string, string>
  /** Scenarios, capabilities, consortia and rounds that were not there before. */
  made: number
}
type Seeding = Pick<Deps, 'db' | 'clock' | 'random' | 'lexicon' | 'secrets'>

const WORKER = { kind: 'worker' } as const

/**
 * Loads the demonstration data. What is there already, found by its natural key, is left as it is. Demand and supply go
 * through the same schemas and services as a request of their owner.
 */
export const loadSeeds = async (
  deps: Seeding,
  onProgress: (done: number, of: number) => void = () => {},
): Promise<Seeded> => {
  const seeded = await transaction(deps, WORKER, async tx => {
    const parkIds = await seedParks(tx, deps)
    const organisationIds = await seedOrganisations(tx, deps, parkIds)
    await seedResources(tx, deps, parkIds, organisationIds)
    await seedFundingRules(tx, deps, parkIds)
    return { parks: parkIds, organisations: organisationIds }
  })
  const total = capabilitySeeds.length + scenarioSeeds.length
  let made = 0
  let done = 0
  for (const seed of capabilitySeeds) {
    made += await seedCapability(deps, seed, seeded)
    onProgress(++done, total)
  }
  for (const seed of scenarioSeeds) {
    made += await seedScenario(deps, seed, seeded)
    onProgress(++done, total)
  }
  made += await seedTogether(deps, seeded)
  return { ...seeded, made }
}

const seedParks = async (tx: Tx, deps: Seeding): Promise<Map<string, string>> => {
  const ids = new Map((await tx.select().from(parks)).map(park => [park.slug, park.id]))
  for (const { matchThreshold: _, ...seed } of parkSeeds)
    if (!ids.has(seed.slug)) ids.set(seed.slug, (await insertPark(tx, deps, seed)).id)
  return ids
}

const seedOrganisations = async (tx: Tx, deps: Seeding, parkIds: Map<string, string>): Promise<Map<string, string>> => {
  const known = new Map((await tx.select().from(organisations)).map(row => [row.name, row.id]))
  const ids = new Map<string, string>()
  for (const seed of organisationSeeds) {
    const id = known.get(seed.name) ?? (await insertOrganisation(tx, deps, seed, parkIds))
    ids.set(seed.key, id)
  }
  return ids
}

const insertOrganisation = async (tx: Tx, deps: Seeding, seed: OrganisationSeed, parkIds: Map<string, string>) => {
  const id = newId(deps, 'organisation')
  const createdAt = deps.clock.now()
  const { kind, name, nameEn, city } = seed
  await tx.insert(organisations).values({ id, kind, name, nameEn, city, createdAt })
  for (const slug of seed.parks)
    await tx
      .insert(memberships)
      .values({ parkId: idOf(parkIds, slug), organisationId: id, state: 'active', createdAt, decidedAt: createdAt })
  return id
}

const seedFundingRules = async (tx: Tx, deps: Seeding, parkIds: Map<string, string>) => {
  const createdAt = deps.clock.now()
  const rows = fundingSeeds.map(({ park, source, title, ...rule }) => ({
    id: newId(deps, 'fundingRule'),
    parkId: idOf(parkIds, park),
    title,
    source,
    rule,
    createdAt,
  }))
  await tx.insert(fundingRules).values(rows).onConflictDoNothing()
}

const seedResources = async (
  tx: Tx,
  deps: Seeding,
  parkIds: Map<string, string>,
  organisationIds: Map<string, string>,
) => {
  const createdAt = deps.clock.now()
  const rows = resourceSeeds.map(({ key: _, park, organisation, ...seed }) => ({
    ...seed,
    id: newId(deps, 'resource'),
    parkId: idOf(parkIds, park),
    organisationId: idOf(organisationIds, organisation),
    createdAt,
  }))
  await tx.insert(resources).values(rows).onConflictDoNothing()
}

const seedCapability = async (deps: Seeding, seed: CapabilitySeed, seeded: Omit<Seeded, 'made'>): Promise<0 | 1> => {
  const actor = memberOf(idOf(seeded.organisations, seed.organisation), kindOf(seed.organisation), [
    ...seeded.parks.values(),
  ])
  const audiences = seed.offeredTo.map(audience => seeded.parks.get(audience) ?? audience)
  return transaction(deps, actor, async tx => {
    const natural = and(eq(capabilities.organisationId, actor.organisationId), eq(capabilities.title, seed.input.title))
    const [known] = await tx.select({ id: capabilities.id }).from(capabilities).where(natural)
    if (known) return 0
    await createCapability(tx, deps, actor, NewCapability.parse({ ...seed.input, audiences, publish: true }), 'zh')
    return 1
  })
}

const seedScenario = async (deps: Seeding, seed: ScenarioSeed, seeded: Omit<Seeded, 'made'>): Promise<0 | 1> => {
  const parkId = idOf(seeded.parks, seed.park)
  const actor = memberOf(idOf(seeded.organisations, seed.organisation), kindOf(seed.organisation), [parkId])
  return transaction(deps, actor, async tx => {
    const natural = and(eq(scenarios.organisationId, actor.organisationId), eq(scenarios.title, seed.input.title))
    const [known] = await tx.select({ id: scenarios.id }).from(scenarios).where(natural)
    if (known) return 0
    const { visibility, input } = seed
    await createScenario(tx, deps, actor, NewScenario.parse({ ...input, parkId, visibility, publish: true }), 'zh')
    return 1
  })
}

const kindOf = (key: string): OrganisationKind => {
  const seed = organisationSeeds.find(organisation => organisation.key === key)
  if (!seed) throw new Error(`no seed organisation ${key}`)
  return seed.kind
}
