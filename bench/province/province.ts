import type { IndexedCapability } from '../../src/engine/index.ts'
import type { Concept, Lexicon } from '../../src/engine/lexicon/lexicon.ts'
import type { CapabilityInput, DataRequirement, Dataset, ScenarioInput } from '../../src/engine/types.ts'
import { createRandom, pickEven, pickSkewed, pickSome, type Random } from './random.ts'

/** Made-up demand and supply of a whole province, from the lexicon's own words, with structured fields. */
export type Province = { capability(number: number): IndexedCapability; scenario(number: number): ScenarioInput }

const PARKS = ['park-1', 'park-2', 'park-3', 'park-4', 'network']
const CITIES = ['东莞', '深圳', '广州', '佛山', '惠州', '中山', '珠海', '江门']
const FILLERS = ['通过', '实现', '支持', '结合', '针对', '面向', '并可', '从而', '形成', '完成', '减少', '提高']
const VOLUMES = [200, 500, 1_000, 2_000, 5_000, 20_000]
const CAPABILITY_CHARACTERS = 110
const SCENARIO_CHARACTERS = 70

/** The same seed gives the same province; a record depends on its number alone. */
export function createProvince(lexicon: Lexicon, seed: number): Province {
  const shuffle = createRandom(seed)
  const idsOf = (scheme: string) => shuffleItems(shuffle, lexicon.byScheme(scheme)).map(concept => concept.id)
  const words = shuffleItems(
    shuffle,
    lexicon.vocabulary.terms.filter(term => term.language === 'zh').map(term => term.surface),
  )
  const ids = {
    problem: idsOf('problem'),
    technique: idsOf('technique'),
    industry: idsOf('industry'),
    modality: idsOf('modality'),
    deployment: idsOf('deployment'),
    kpi: idsOf('kpi'),
  }
  const world: World = { lexicon, words, ids }
  return {
    capability: number => makeCapability(world, createRandom(seed + 1 + number * 2), number),
    scenario: number => makeScenario(world, createRandom(seed + 2 + number * 2), number),
  }
}

type World = {
  lexicon: Lexicon
  words: readonly string[]
  ids: Record<'problem' | 'technique' | 'industry' | 'modality' | 'deployment' | 'kpi', readonly string[]>
}

function makeCapability(world: World, random: Random, number: number): IndexedCapability {
  const { ids } = world
  const id = `capability-${number}`
  const problems = pickSome(random, ids.problem, 1, 3)
  const techniques = pickSome(random, ids.technique, 1, 3)
  const text = writeText(world, random, [...problems, ...techniques], CAPABILITY_CHARACTERS)
  const input: CapabilityInput = {
    id,
    title: text.slice(0, 14),
    summary: text,
    techniques,
    problems,
    industries: pickSome(random, ids.industry, 1, 3),
    dataRequirements: Array.from({ length: Math.floor(random() * 3) }, () => makeRequirement(world, random)),
    deployments: pickSome(random, ids.deployment, 1, 3),
    price: { min: 100_000, max: 200_000 + Math.floor(random() * 1_000_000), currency: 'CNY' },
    leadTimeDays: 20 + Math.floor(random() * 160),
    capacity: 5,
    capacityUsed: Math.floor(random() * 5),
    evidence: Array.from({ length: Math.floor(random() * 3) }, () => ({
      title: '案例',
      industry: pickSkewed(random, ids.industry),
      kpi: pickSkewed(random, ids.kpi),
      before: 80,
      after: 90 + Math.floor(random() * 10),
    })),
    ...(random() < 0.5 ? { regions: [pickEven(random, CITIES)] } : {}),
  }
  return { id, organisationId: `vendor-${number % 20_000}`, audiences: [pickEven(random, PARKS)], input }
}

function makeRequirement({ ids }: World, random: Random): DataRequirement {
  return {
    name: '训练数据',
    level: random() < 0.6 ? 'required' : 'useful',
    modality: pickSkewed(random, ids.modality),
    volumeMin: { value: pickEven(random, VOLUMES), unit: 'samples' },
    ...(random() < 0.5 ? { labelledSamplesMin: 100 + Math.floor(random() * 900) } : {}),
  }
}

function makeScenario(world: World, random: Random, number: number): ScenarioInput {
  const { ids } = world
  const problems = pickSome(random, ids.problem, 1, 2)
  const text = writeText(world, random, problems, SCENARIO_CHARACTERS)
  return {
    id: `scenario-${number}`,
    title: text.slice(0, 12),
    summary: text.slice(12),
    industry: pickSkewed(random, ids.industry),
    problems,
    datasets: Array.from({ length: 1 + Math.floor(random() * 2) }, () => makeDataset(world, random)),
    constraints: { deployments: pickSome(random, ids.deployment, 1, 3) },
    budget: { min: 100_000, max: 300_000 + Math.floor(random() * 1_500_000), currency: 'CNY' },
    place: pickEven(random, CITIES),
  }
}

function makeDataset({ ids }: World, random: Random): Dataset {
  return {
    name: '现场数据',
    modality: pickSkewed(random, ids.modality),
    volume: { value: pickEven(random, VOLUMES) * 2, unit: 'samples' },
    labelCoverage: Math.floor(random() * 10) / 10,
    storage: 'exported',
  }
}

/** A text of about `characters` characters: wordings of the concepts, everyday words of the trade, and joining words. */
function writeText(world: World, random: Random, concepts: readonly string[], characters: number): string {
  const wordings = concepts.flatMap(id => listWordings(world.lexicon.get(id)))
  let text = ''
  while (text.length < characters) {
    const dice = random()
    if (dice < 0.25 && wordings.length > 0) text += pickEven(random, wordings)
    else if (dice < 0.75) text += pickSkewed(random, world.words)
    else if (dice < 0.92) text += pickEven(random, FILLERS)
    else text += '，'
  }
  return text.slice(0, characters)
}

function listWordings(concept: Concept | undefined): string[] {
  return concept === undefined ? [] : [concept.zh, ...concept.altZh, ...concept.cueZh]
}

function shuffleItems<T>(random: Random, items: readonly T[]): T[] {
  return items
    .map(item => ({ item, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item)
}
