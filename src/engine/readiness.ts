import type { HeldData } from './features/resolved.ts'
import type { ScenarioFeatures } from './features.ts'
import type { Bilingual } from './types.ts'

/** How ready a scenario's data is for a model (DOMAIN.md §5, own scale). */
export const READINESS_LEVELS: readonly Bilingual[] = [
  { zh: '没有数据，或只在纸上', en: 'no data, or on paper only' },
  { zh: '数据存在，尚未导出', en: 'it exists, and is not exported' },
  { zh: '已导出，但无标注或无上下文', en: 'exported, without labels or context' },
  { zh: '有标注或已关联上下文，覆盖至少一个生产周期', en: 'labelled or joined to its context, over a product cycle' },
  { zh: '有文档和版本，访问方式已商定', en: 'documented, with access agreed' },
]
export type ReadinessLevel = 0 | 1 | 2 | 3 | 4

/** What would raise the level by one. */
export type ReadinessStep =
  | 'listData'
  | 'digitise'
  | 'export'
  | 'labelOrJoin'
  | 'extendHistory'
  | 'document'
  | 'agreeAccess'

export type Readiness = {
  level: ReadinessLevel
  /** Which dataset the level stands on (its name), and why. `null` where nothing is held. */
  dataset: string | null
  reason: Bilingual
  raisedBy: ReadinessStep[]
  /** The level that data-management maturity allows (DCMM level + 1), where the text names one. */
  cap?: number
}

/** A month holds at least one product cycle in discrete manufacturing (own judgement). */
const PRODUCT_CYCLE_DAYS = 30

/**
 * Readiness of a scenario, 0 to 4: that of its readiest dataset, since one good source is enough to begin with. Capped
 * by the DCMM level that the text names, plus one (GB/T 36073). Unknown attributes count as not done.
 */
export function assessReadiness(scenario: ScenarioFeatures): Readiness {
  const cap = readCap(scenario)
  let best: { level: ReadinessLevel; dataset: HeldData } | undefined
  for (const dataset of scenario.datasets) {
    const level = levelOf(dataset)
    if (best === undefined || level > best.level || (level === best.level && dataset.name < best.dataset.name))
      best = { level, dataset }
  }
  if (best === undefined) return { level: 0, dataset: null, reason: NOTHING_LISTED, raisedBy: ['listData'] }
  const level = cap === undefined ? best.level : lower(best.level, cap)
  return {
    level,
    dataset: best.dataset.name,
    reason: READINESS_LEVELS[level] ?? NOTHING_LISTED,
    raisedBy: stepsFrom(best.level, best.dataset),
    ...(cap === undefined ? {} : { cap }),
  }
}

const NOTHING_LISTED: Bilingual = { zh: '还没有列出任何数据', en: 'no data has been listed' }

const lower = (level: ReadinessLevel, cap: number): ReadinessLevel =>
  LEVELS.find(known => known === Math.min(level, cap)) ?? level
const LEVELS = [0, 1, 2, 3, 4] as const

function levelOf(dataset: HeldData): ReadinessLevel {
  if (dataset.storage === 'paper') return 0
  const isOut =
    dataset.storage === 'exported' ||
    dataset.storage === 'documented' ||
    (dataset.storage === undefined && dataset.accessMode === 'download')
  if (!isOut) return 1
  if (!hasMeaning(dataset) || !coversCycle(dataset)) return 2
  const isAgreed = dataset.accessMode !== undefined && dataset.accessMode !== 'none'
  return dataset.storage === 'documented' && isAgreed ? 4 : 3
}

const hasMeaning = (dataset: HeldData) => (dataset.labelCoverage ?? 0) >= 0.5 || dataset.hasContext === true
/** Pictures have no time span of their own; where none is given, labels speak for a cycle. */
const coversCycle = (dataset: HeldData) => (dataset.timeSpanDays ?? PRODUCT_CYCLE_DAYS) >= PRODUCT_CYCLE_DAYS

function stepsFrom(level: ReadinessLevel, dataset: HeldData): ReadinessStep[] {
  if (level === 0) return ['digitise']
  if (level === 1) return ['export']
  if (level === 2)
    return [
      ...(hasMeaning(dataset) ? [] : ['labelOrJoin' as const]),
      ...(coversCycle(dataset) ? [] : ['extendHistory' as const]),
    ]
  const isAgreed = dataset.accessMode !== undefined && dataset.accessMode !== 'none'
  return level === 4
    ? []
    : [
        ...(dataset.storage === 'documented' ? [] : ['document' as const]),
        ...(isAgreed ? [] : ['agreeAccess' as const]),
      ]
}

/** DCMM has five levels; its concepts are numbered by them. */
function readCap(scenario: ScenarioFeatures): number | undefined {
  const { lexicon, concepts } = scenario
  const levels = concepts.numbers.flatMap(number => {
    const concept = lexicon.concepts[number]
    const digit = concept?.scheme === 'dcmm' ? /(\d)$/.exec(concept.id)?.[1] : undefined
    return digit === undefined ? [] : [Number(digit)]
  })
  return levels.length === 0 ? undefined : Math.max(...levels) + 1
}
