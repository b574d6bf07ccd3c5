import { and, eq } from 'drizzle-orm'
import { NewConsortium } from '../src/consortia/schemas.ts'
import { createConsortium } from '../src/consortia/service.ts'
import { consortia } from '../src/consortia/tables.ts'
import { parks } from '../src/identity/tables.ts'
import type { Member } from '../src/platform/actor.ts'
import { type Tx, transaction } from '../src/platform/db.ts'
import type { Deps } from '../src/platform/deps.ts'
import { NewRound } from '../src/rounds/schemas.ts'
import { openRound } from '../src/rounds/service.ts'
import { rounds } from '../src/rounds/tables.ts'
import { scenarios } from '../src/scenarios/tables.ts'
import {
  type ConsortiumSeed,
  consortia as consortiumSeeds,
  type RoundSeed,
  rounds as roundSeeds,
} from './data/together.ts'

type Seeding = Pick<Deps, 'db' | 'clock' | 'random' | 'secrets'>
type Known = { parks: ReadonlyMap<string, string>; organisations: ReadonlyMap<string, string> }

const OPEN_DAYS = 60
const DAY_MS = 86_400_000

/**
 * Asks for the consortia and opens the rounds of the demonstration, through the same services as their owners would. Pools
 * are not seeded: the workers find them. What is there already is left as it is. @returns how many were new
 */
export const seedTogether = async (deps: Seeding, known: Known): Promise<number> => {
  let made = 0
  for (const seed of consortiumSeeds) made += await seedConsortium(deps, seed, known)
  for (const seed of roundSeeds) made += await seedRound(deps, seed, known)
  return made
}

const seedConsortium = (deps: Seeding, seed: ConsortiumSeed, known: Known): Promise<0 | 1> => {
  const actor = memberOf(idOf(known.organisations, seed.organisation), 'manufacturer', [...known.parks.values()])
  return transaction(deps, actor, async tx => {
    const scenarioId = await findScenario(tx, actor.organisationId, seed.title)
    const mine = and(eq(consortia.scenarioId, scenarioId), eq(consortia.origin, 'asked'))
    const [there] = await tx.select({ id: consortia.id }).from(consortia).where(mine)
    if (there) return 0
    const facets = seed.facets.map(id => ({ id }))
    await createConsortium(tx, deps, actor, NewConsortium.parse({ scenarioId, facets, deadlineAt: deadlineOf(deps) }))
    return 1
  })
}

const seedRound = async (deps: Seeding, seed: RoundSeed, known: Known): Promise<0 | 1> => {
  const parkId = idOf(known.parks, seed.park)
  const administration = await transaction(deps, { kind: 'worker' }, async tx => {
    const [park] = await tx.select({ organisationId: parks.organisationId }).from(parks).where(eq(parks.id, parkId))
    return park?.organisationId ?? ''
  })
  const actor = { ...memberOf(administration, 'park', [parkId]), adminParkIds: [parkId] }
  return transaction(deps, actor, async tx => {
    const natural = and(eq(rounds.parkId, parkId), eq(rounds.title, seed.title))
    const [there] = await tx.select({ id: rounds.id }).from(rounds).where(natural)
    if (there) return 0
    const asking: { scenarioId: string; capacity: number }[] = []
    for (const { organisation, title, capacity } of seed.scenarios)
      asking.push({ scenarioId: await findScenario(tx, idOf(known.organisations, organisation), title), capacity })
    const vendors = seed.vendors.map(({ organisation, capacity }) => ({
      vendorId: idOf(known.organisations, organisation),
      capacity,
    }))
    const { title } = seed
    const round = { parkId, title, deadlineAt: deadlineOf(deps), scenarios: asking, vendors }
    await openRound(tx, deps, actor, NewRound.parse(round))
    return 1
  })
}

const deadlineOf = ({ clock }: Pick<Deps, 'clock'>): string =>
  new Date(clock.now().getTime() + OPEN_DAYS * DAY_MS).toISOString()

const findScenario = async (tx: Tx, organisationId: string, title: string): Promise<string> => {
  const natural = and(eq(scenarios.organisationId, organisationId), eq(scenarios.title, title))
  const [row] = await tx.select({ id: scenarios.id }).from(scenarios).where(natural)
  if (!row) throw new Error(`no seed scenario ${title}`)
  return row.id
}

/** Somebody who acts for an organisation in the seeds. */
export const memberOf = (
  organisationId: string,
  organisationKind: Member['organisationKind'],
  parkIds: string[],
): Member => ({
  kind: 'member',
  organisationId,
  organisationKind,
  role: 'owner',
  keyId: 'seed',
  scopes: [],
  parkIds,
  adminParkIds: [],
})

/** The id of a seed's row. */
export const idOf = (ids: ReadonlyMap<string, string>, key: string): string => {
  const id = ids.get(key)
  if (id === undefined) throw new Error(`no seed row ${key}`)
  return id
}
