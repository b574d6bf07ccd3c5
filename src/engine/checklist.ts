import type { ScenarioFeatures } from './features.ts'
import type { CapabilityInput, Fix, FixedBy, Gap } from './types.ts'

/** What an AI project in a factory is made of: scenario, data, compute, capital, talent. */
export const CHECKLIST_ELEMENTS = ['scenario', 'data', 'compute', 'capital', 'talent'] as const
export type ChecklistElement = (typeof CHECKLIST_ELEMENTS)[number]

export const CHECKLIST_VERDICTS = ['have', 'gap', 'unknown'] as const
export type ChecklistVerdict = (typeof CHECKLIST_VERDICTS)[number]

export const CHECKLIST_NEEDS = [
  'goal',
  'site',
  'dataset',
  'interface',
  'run',
  'train',
  'model',
  'cost',
  'work',
] as const
export type ChecklistNeed = (typeof CHECKLIST_NEEDS)[number]

/**
 * One thing that a scenario needs. `need` and `have` are amounts, days, whole currency units or ids, as `unit` says; null
 * where nobody said it or the reader may not see it. `kinds` are the kinds of resources (`rs.*`) that would close the gap,
 * the most fitting first; one stands for those below it as well.
 */
export type ChecklistItem = {
  element: ChecklistElement
  code: ChecklistNeed
  verdict: ChecklistVerdict
  need: Gap['need']
  have: Gap['have']
  unit?: string
  kinds: string[]
  /** Of `interface`: the row of the data interface that it is about. */
  gap?: Gap
}

/** What the best pair says: its gaps as the reader may see them, and what its capability states. */
export type ChecklistPair = {
  gaps: readonly Gap[]
  capability: Pick<CapabilityInput, 'trl' | 'deployments' | 'hardware' | 'techniques' | 'price'>
}

/** Ready to be tried in a real line (TRL 7: shown in the operational environment). */
const TRL_PROVEN = 7
const OWN_MACHINES = new Set(['dp.edge', 'dp.onprem', 'dp.appliance', 'dp.embedded', 'dp.airgap', 'dp.hybrid'])
const FOUNDATION = new Set(['tech.llm', 'tech.vlm', 'tech.rag', 'tech.agent', 'tech.codegen', 'tech.gen', 'tech.ts-fm'])
const TRAINED_BY: ReadonlySet<Fix> = new Set(['label', 'collect', 'augment'])

/** Who lends what a fix of the data interface takes, where the row itself names nothing. */
const KINDS_OF_FIXES: Partial<Record<Fix, string[]>> = {
  collect: ['rs.hqdataset', 'rs.corpus-voucher'],
  label: ['rs.labelbase'],
  augment: ['rs.hqdataset'],
  digitise: ['rs.labelbase'],
  agreeAccess: ['rs.trusteddataspace'],
  deployOnSite: ['rs.computecenter'],
  desensitise: ['rs.trusteddataspace'],
  liftRestriction: ['rs.trusteddataspace'],
}

/**
 * What a scenario needs of each element, what it has, and what is missing: from the scenario itself and from the data
 * interface of its best pair. Pure; without a pair, what only a pair can tell is `unknown`.
 */
export function buildChecklist(scenario: ScenarioFeatures, pair?: ChecklistPair): ChecklistItem[] {
  return [
    needGoal(scenario),
    needSite(scenario, pair),
    ...needData(scenario, pair),
    ...needCompute(scenario, pair),
    needMoney(scenario, pair),
    needWork(pair),
  ]
}

function needGoal({ goals }: ScenarioFeatures): ChecklistItem {
  const have = goals.filter(({ target }) => target !== undefined).length
  return {
    element: 'scenario',
    code: 'goal',
    verdict: have > 0 ? 'have' : 'gap',
    need: 1,
    have,
    kinds: ['rs.innovcenter'],
  }
}

/** Something unproven is tried outside of the line first; robots are taught on a training ground. */
function needSite(scenario: ScenarioFeatures, pair?: ChecklistPair): ChecklistItem {
  const isRobot = scenario.datasets.some(({ modality }) => modality === 'mod.robot') || namesRobot(scenario)
  const trl = pair?.capability.trl
  const verdict = trl === undefined ? 'unknown' : trl >= TRL_PROVEN && !isRobot ? 'have' : 'gap'
  const kinds = isRobot ? ['rs.traininground', 'rs.pilotbase'] : ['rs.pilotbase', 'rs.innovcenter', 'rs.testing']
  return { element: 'scenario', code: 'site', verdict, need: TRL_PROVEN, have: trl ?? null, unit: 'trl', kinds }
}

const namesRobot = ({ lexicon, spans }: ScenarioFeatures) =>
  [...spans.keys()].some(id => id === 'pb.robot' || lexicon.get(id)?.broader === 'pb.robot')

function needData(scenario: ScenarioFeatures, pair?: ChecklistPair): ChecklistItem[] {
  const have = scenario.datasets.length
  const dataset: ChecklistItem = {
    element: 'data',
    code: 'dataset',
    verdict: have > 0 ? 'have' : 'gap',
    need: 1,
    have,
    kinds: ['rs.data'],
  }
  const open = (pair?.gaps ?? []).filter(gap => gap.level === 'required' && gap.verdict !== 'ok')
  return [
    dataset,
    ...open.map((gap): ChecklistItem => {
      const verdict = gap.fix === 'askFactory' ? 'unknown' : 'gap'
      const fixing = gap.fix === undefined ? [] : (KINDS_OF_FIXES[gap.fix] ?? [])
      const kinds = [...new Set([...(gap.resource === undefined ? [] : [gap.resource]), ...fixing])]
      const { need, have: held, unit } = gap
      return { element: 'data', code: 'interface', verdict, need, have: held, ...(unit ? { unit } : {}), kinds, gap }
    }),
  ]
}

/** Where it runs, what trains it, and a foundation model where the technique is one. */
function needCompute({ constraints }: ScenarioFeatures, pair?: ChecklistPair): ChecklistItem[] {
  const accepted = constraints.deployments
  const offered = idsOf(pair?.capability.deployments)
  const forms = accepted.length === 0 ? offered : offered.filter(form => accepted.includes(form))
  const isOwn = forms.length > 0 && forms.every(form => OWN_MACHINES.has(form))
  const hardware = idsOf(pair?.capability.hardware)
  const run: ChecklistItem = {
    element: 'compute',
    code: 'run',
    verdict: pair === undefined || isOwn || forms.length === 0 ? 'unknown' : 'gap',
    need: hardware.length > 0 ? hardware : forms.length > 0 ? forms : null,
    have: null,
    kinds: isOwn ? ['rs.compute-voucher'] : ['rs.computecenter', 'rs.dispatch', 'rs.compute-voucher'],
  }
  const isTrained = (pair?.gaps ?? []).some(({ fix }) => fix !== undefined && TRAINED_BY.has(fix))
  const techniques = idsOf(pair?.capability.techniques).filter(id => FOUNDATION.has(id))
  const train = { element: 'compute', code: 'train', verdict: 'gap', need: null, have: null } as const
  const model = { element: 'compute', code: 'model', verdict: 'gap', need: techniques, have: null } as const
  return [
    run,
    ...(isTrained ? [{ ...train, kinds: ['rs.training-voucher', 'rs.compute-voucher', 'rs.computecenter'] }] : []),
    ...(techniques.length > 0 ? [{ ...model, kinds: ['rs.model-voucher', 'rs.modelcenter'] }] : []),
  ]
}

const idsOf = (refs: CapabilityInput['techniques']): string[] => (refs ?? []).filter(ref => typeof ref === 'string')

function needMoney({ budget }: ScenarioFeatures, pair?: ChecklistPair): ChecklistItem {
  const price = pair?.capability.price
  const need = price?.min ?? price?.max ?? null
  const have = budget?.max ?? budget?.min ?? null
  const isSame = price === undefined || budget === undefined || price.currency === budget.currency
  const verdict = need === null || have === null || !isSame ? 'unknown' : have >= need ? 'have' : 'gap'
  const unit = price?.currency ?? budget?.currency
  return { element: 'capital', code: 'cost', verdict, need, have, ...(unit ? { unit } : {}), kinds: ['rs.capital'] }
}

/** Days of work that the fixes of the data interface ask of the factory's own people: from the low ends to the high. */
function needWork(pair?: ChecklistPair): ChecklistItem {
  const days = (pair?.gaps ?? [])
    .filter(({ by, verdict, fix }) => verdict !== 'ok' && fix !== 'wait' && isFactorys(by))
    .reduce((sum, { effortDays }) => sum + (effortDays?.[1] ?? 0), 0)
  return {
    element: 'talent',
    code: 'work',
    verdict: pair === undefined ? 'unknown' : days > 0 ? 'gap' : 'have',
    need: pair === undefined ? null : days,
    have: null,
    unit: 'workingDays',
    kinds: ['rs.talent'],
  }
}

const isFactorys = (by: readonly FixedBy[] | undefined) => by?.includes('factory') ?? false

/** An element is as good as its worst item: a gap before what is unknown, and that before what is there. */
export function judgeElement(items: readonly ChecklistItem[]): ChecklistVerdict {
  if (items.some(({ verdict }) => verdict === 'gap')) return 'gap'
  return items.some(({ verdict }) => verdict === 'unknown') ? 'unknown' : 'have'
}
