import type { ScenarioFeatures } from './features.ts'
import { scenarioTexts } from './features/mentions.ts'
import type { Concept } from './lexicon/lexicon.ts'
import type { Span } from './types.ts'

/**
 * What a demand must say to be matched well, with what each is worth (ten-thousandths, summing to 10,000): demands that
 * name only a general pain fail for want of object, process, data and target (MATCHING.md §5).
 */
export const ASPECT_WEIGHTS = {
  problem: 2000,
  data: 1500,
  object: 1000,
  process: 1000,
  baseline: 800,
  target: 1200,
  constraint: 700,
  volume: 500,
  labels: 500,
  budget: 500,
  date: 300,
} as const
export type Aspect = keyof typeof ASPECT_WEIGHTS
export const ASPECTS = Object.keys(ASPECT_WEIGHTS).filter((key): key is Aspect => key in ASPECT_WEIGHTS)

/** How fully each aspect is told, 0 to 1. */
export type Told = Record<Aspect, number>

/** Clarity of a demand, 0 to 10,000. Rises with every aspect that is told. */
export function assessClarity(told: Told): number {
  return Math.round(ASPECTS.reduce((sum, aspect) => sum + ASPECT_WEIGHTS[aspect] * told[aspect], 0))
}

/** A hint counts half: "表面" alone is no defect inspection yet. */
const HINT = 0.5

/** What a scenario tells, from its fields and its texts alike. */
export function listTold(features: ScenarioFeatures): Told {
  const { datasets, goals, constraints, input } = features
  const hasGoal = (key: 'baseline' | 'target') => goals.some(goal => goal[key] !== undefined)
  const isConstrained = constraints.reach !== undefined || constraints.deployments.length > 0
  const needsLabels =
    datasets.length === 0 ||
    datasets.some(dataset => dataset.labelCoverage !== undefined || !isLabelled(dataset.modality))
  return {
    problem: tellProblem(features),
    data: datasets.length > 0 ? 1 : HINT * strongest(features, 'modality'),
    object: input.equipment?.length || findObject(features) !== undefined ? 1 : HINT * strongest(features, 'industry'),
    process: Math.max(strongest(features, 'process'), strongest(features, 'equipment')),
    baseline: hasGoal('baseline') ? 1 : HINT * strongest(features, 'kpi'),
    target: hasGoal('target') ? 1 : 0,
    constraint: isConstrained ? 1 : 0,
    volume: datasets.some(dataset => dataset.volume !== undefined || dataset.timeSpanDays !== undefined) ? 1 : 0,
    labels:
      datasets.length > 0 &&
      needsLabels &&
      (datasets.some(dataset => dataset.labelCoverage !== undefined) ||
        !datasets.some(dataset => isLabelled(dataset.modality)))
        ? 1
        : 0,
    budget: features.budget === undefined ? 0 : 1,
    date: features.neededBy === undefined ? 0 : 1,
  }
}

/** Kinds of data for which it matters whether a person has marked what is in them. */
const isLabelled = (modality: string) =>
  /^mod\.(image|label-img|video|audio|speech|pointcloud|vibration|faultlabel)/.test(modality)

/** A problem of its own is clear; a whole field (质量) or a hint is half; a defect or machine points to one. */
function tellProblem(features: ScenarioFeatures): number {
  const named = weigh(features, concept => (concept.scheme === 'problem' ? (concept.broader === null ? HINT : 1) : 0))
  const pointed = weigh(features, concept =>
    concept.scheme === 'defect' ? 0.8 : concept.scheme === 'equipment' ? 0.3 : 0,
  )
  return Math.max(named, pointed)
}

const strongest = (features: ScenarioFeatures, scheme: string) =>
  weigh(features, concept => (concept.scheme === scheme ? 1 : 0))

/** The greatest weight, 0 to 1, of a concept that counts. */
function weigh({ concepts, lexicon }: ScenarioFeatures, worth: (concept: Concept) => number): number {
  return concepts.numbers.reduce((best, number, i) => {
    const concept = lexicon.concepts[number]
    return concept === undefined ? best : Math.max(best, Math.min(1, concepts.weights[i] ?? 0) * worth(concept))
  }, 0)
}

// Words that join or count end a name from the front, so that "洗后的盖板" is 盖板 and "每件" is none.
const NAME =
  '[^\\s\\x00-\\xff，。；：！？、“”（）的了里后每只有几百千万一两三半好漏缺左右靠把在和是不被到从要能上下中这那同块张个条片人看换]'
const THINGS =
  '(?:件|板|壳|(?<![照图卡名])片|管道|轴|齿轮|电池|电芯|玻璃|面料|布匹|瓶|面板|线圈|端子|芯片|刀具|轴承|模具|产品|零件|机床|电机|水泵|窑炉|轮毂|轮胎|钢卷|薄膜|药片|鞋|家具|图纸|订单)'
const OBJECT_ZH = new RegExp(`${NAME}{1,6}?${THINGS}`)
const OBJECT_EN =
  /\b(?:[a-z]+ )?(?:parts?|panels?|boards?|housings?|cells?|batter(?:y|ies)|bearings?|gears?|bottles?|sheets?|fabrics?|wafers?|tyres?|castings?|motors?|pumps?|machines?|drawings?|orders?)\b/i

/** The thing that the demand is about ("冲压件", "stamped parts"), where its words show one. */
export function findObject({ input }: ScenarioFeatures): Span | undefined {
  for (const { field, text } of scenarioTexts(input)) {
    const match = OBJECT_ZH.exec(text ?? '') ?? OBJECT_EN.exec(text ?? '')
    if (match !== null) return { field, start: match.index, end: match.index + match[0].length, surface: match[0] }
  }
  return undefined
}
