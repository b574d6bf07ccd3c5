import { createEngine, type Engine } from '../../src/engine/index.ts'
import { renderReasons } from '../../src/engine/render.ts'
import type { Gap, Language, ScenarioInput, Score } from '../../src/engine/types.ts'
import { loadLexicon } from '../../src/platform/lexicon.ts'
import { capabilities } from '../../seeds/data/capabilities.ts'
import { DEMO_MANUFACTURER, demoTexts } from '../../seeds/data/demo-texts.ts'
import { organisations } from '../../seeds/data/organisations.ts'
import { DONGGUAN } from '../../seeds/data/parks.ts'
import { biomedicineScenarios } from '../../seeds/data/scenarios/biomedicine.ts'
import { electronicsScenarios } from '../../seeds/data/scenarios/electronics.ts'
import { firstCallScenarios } from '../../seeds/data/scenarios/first-calls.ts'
import { furnitureClusterScenarios } from '../../seeds/data/scenarios/furniture-cluster.ts'
import { machineryAutoScenarios } from '../../seeds/data/scenarios/machinery-auto.ts'
import { metalworkingScenarios } from '../../seeds/data/scenarios/metalworking.ts'
import { newEnergyScenarios } from '../../seeds/data/scenarios/new-energy.ts'
import { operationsScenarios } from '../../seeds/data/scenarios/operations.ts'
import { paperPrintFoodScenarios } from '../../seeds/data/scenarios/paper-print-food.ts'
import { plasticsToysFurnitureScenarios } from '../../seeds/data/scenarios/plastics-toys-furniture.ts'
import { processIndustriesScenarios } from '../../seeds/data/scenarios/process-industries.ts'
import { semiconductorsDisplayScenarios } from '../../seeds/data/scenarios/semiconductors-display.ts'
import { textilesFootwearScenarios } from '../../seeds/data/scenarios/textiles-footwear.ts'
import type { ScenarioSeed } from '../../seeds/data/shapes.ts'

const demoScenarios = demoTexts.map((input, i): ScenarioSeed => {
  return { key: `demo-text-${i + 1}`, organisation: DEMO_MANUFACTURER, park: DONGGUAN, visibility: 'park', input }
})

/** Every demand of the seeds, by the file in which its golden ranking stands. */
export const GOLDEN_GROUPS: Record<string, ScenarioSeed[]> = {
  biomedicine: biomedicineScenarios,
  'demo-texts': demoScenarios,
  electronics: electronicsScenarios,
  'first-calls': firstCallScenarios,
  'furniture-cluster': furnitureClusterScenarios,
  'machinery-auto': machineryAutoScenarios,
  metalworking: metalworkingScenarios,
  'new-energy': newEnergyScenarios,
  operations: operationsScenarios,
  'paper-print-food': paperPrintFoodScenarios,
  'plastics-toys-furniture': plasticsToysFurnitureScenarios,
  'process-industries': processIndustriesScenarios,
  'semiconductors-display': semiconductorsDisplayScenarios,
  'textiles-footwear': textilesFootwearScenarios,
}
export const GOLDEN_LANGUAGES = ['zh', 'en'] as const satisfies Language[]

export const goldenPath = (group: string, language: Language): URL =>
  new URL(`golden/${group}.${language}.md`, import.meta.url)

/** What is shown of each ranking, so that a person can read through a file. */
const MATCHES = 3
const NEAR_MISSES = 1
const REASONS = 2
const GAPS = 2
const CHANGES = 1

const lexicon = loadLexicon()
const vendors = new Map(organisations.map(organisation => [organisation.key, organisation]))
const supplies = new Map(capabilities.map(capability => [capability.key, capability]))

/** An engine that knows every capability of the seeds, offered as the seeds offer them. */
export function createSeededEngine(): Engine {
  const engine = createEngine({ lexicon })
  for (const { key, organisation, offeredTo, input } of capabilities)
    engine.index.put({ id: key, organisationId: organisation, audiences: offeredTo, input: { ...input, id: key } })
  return engine
}

/** The golden file of a group: for every demand its best capabilities with score, reasons, gaps and what would help. */
export function renderGolden(engine: Engine, group: string, language: Language): string {
  const blocks = (GOLDEN_GROUPS[group] ?? []).map(seed => renderRanking(engine, seed, language))
  return `# ${group}\n\n${blocks.join('\n')}`
}

function renderRanking(engine: Engine, { key, park, organisation, input }: ScenarioSeed, language: Language): string {
  const scenario: ScenarioInput = { ...input, id: key }
  const { matches, nearMisses } = engine.rank(scenario, {
    audiences: [park, 'network'],
    excludeOrganisations: [organisation],
    limit: MATCHES,
    nearMissLimit: NEAR_MISSES,
  })
  const listed = matches.flatMap((match, i) => [
    `${i + 1}. ${match.total} ${nameSupply(match, language)}`,
    ...explain(match, language).map(line => `   - ${line}`),
  ])
  const barred = nearMisses.flatMap(miss => [
    `- 0 (${miss.totalWithoutGates}) ${nameSupply(miss, language)}`,
    ...renderReasons({ ...miss, ...SILENT, gates: miss.gates }, { language, lexicon }).map(line => `   - ${line}`),
  ])
  return [`## ${key}: ${scenario.title}`, ...listed, ...barred, ''].join('\n')
}

function nameSupply({ capabilityId }: Score, language: Language): string {
  const supply = supplies.get(capabilityId)
  const vendor = vendors.get(supply?.organisation ?? '')
  return `${capabilityId}: ${supply?.input.title} (${language === 'zh' ? vendor?.name : vendor?.nameEn})`
}

/** Nothing to say: what is rendered is put in again, list by list. */
const SILENT = {
  factory: { score: 0, parts: [] },
  vendor: { parts: [] },
  gates: [],
  gaps: [],
  counterfactuals: [],
}

function explain({ factory, vendor, gaps, counterfactuals }: Score, language: Language): string[] {
  const open = gaps.filter(gap => gap.verdict !== 'ok').sort((a, b) => urgency(b) - urgency(a))
  return [
    ...renderReasons({ ...SILENT, factory, vendor }, { language, lexicon, reasonsMax: REASONS }),
    ...renderReasons({ ...SILENT, gaps: open.slice(0, GAPS) }, { language, lexicon }),
    ...renderReasons({ ...SILENT, counterfactuals: counterfactuals.slice(0, CHANGES) }, { language, lexicon }),
  ]
}

/** What must be there comes before what may be, what cannot be had before what can be made. */
const urgency = ({ level, verdict }: Gap): number =>
  (level === 'required' ? 4 : 0) + ['ok', 'convertible', 'missing', 'forbidden'].indexOf(verdict)
