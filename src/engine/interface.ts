import type { HeldData, NeededData } from './features/resolved.ts'
import {
  judgeCompleteness,
  judgeContext,
  judgeLabels,
  judgeNegativeSamples,
  judgeSampling,
  judgeTimeSpan,
  judgeVolume,
} from './interface/amounts.ts'
import { creditOf, FIELD_WEIGHTS, type Judgement } from './interface/judgement.ts'
import { judgeModality, missingModality } from './interface/modality.ts'
import { type InterfaceContext, judgeAccess, judgePersonalData, judgeReach } from './interface/permission.ts'
import { judgeFormat, judgeFreshness, judgeProtocol, judgeStorage } from './interface/transport.ts'
import type { Lexicon } from './lexicon/lexicon.ts'

/** How one requirement is served: by which dataset (-1: none of the kind), how well (0 to 1), and every row. */
export type Service = { requirement: number; dataset: number; value: number; judgements: Judgement[] }

/** Worth of a requirement that nothing serves, and of one about which the factory has said nothing. */
const UNSERVED = 0.1
const UNTOLD = 0.4
/** How far the worst row pulls the mean down. */
const WORST_PULL = 0.4
const LEVEL_WEIGHTS = { required: 3, useful: 1 }

/** Every attribute of one dataset against one requirement. Attributes about which neither side says a word give no row. */
export function judgePair(
  lexicon: Lexicon,
  held: HeldData,
  needed: NeededData,
  context: InterfaceContext,
): Judgement[] {
  const modality = judgeModality(lexicon, held.modality, needed.modality)
  if (isUnheld(modality)) return [modality]
  const rows = [modality]
  add(rows, judgeFormat(held, needed))
  add(rows, judgeProtocol(held, needed))
  add(rows, judgeVolume(held, needed))
  add(rows, judgeLabels(held, needed))
  add(rows, judgeNegativeSamples(held, needed))
  add(rows, judgeSampling(held, needed))
  add(rows, judgeTimeSpan(held, needed))
  add(rows, judgeFreshness(held, needed))
  add(rows, judgeCompleteness(held, needed))
  add(rows, judgeContext(held, needed))
  add(rows, judgeAccess(held, needed, context))
  add(rows, judgeReach(held, needed, context))
  add(rows, judgePersonalData(lexicon, held, needed))
  add(rows, judgeStorage(held))
  return rows
}

function add(rows: Judgement[], row: Judgement | undefined): void {
  if (row !== undefined) rows.push(row)
}

/**
 * Worth of a dataset for a requirement, 0 to 1, if nothing forbids its use: the weighted mean of its rows' credits,
 * pulled down by the worst of them, since a model works no better than its scarcest input.
 */
export function pairValue(judgements: readonly Judgement[]): number {
  const [modality] = judgements
  if (modality === undefined || isUnheld(modality)) return 0
  let sum = 0
  let weights = 0
  let worst = 1
  for (const judgement of judgements) {
    const weight = FIELD_WEIGHTS[judgement.field]
    const credit = creditOf(judgement)
    sum += weight * credit
    weights += weight
    worst = Math.min(worst, credit)
  }
  return (sum / weights) * (1 - WORST_PULL * (1 - worst))
}

const isUnheld = (modality: Judgement) => modality.verdict === 'missing' && modality.fix !== 'askFactory'

/**
 * For each requirement the dataset that serves it best, with every row of the pair. The choice does not depend on the
 * order of the datasets: it goes by value, then by what the datasets say.
 */
export function serveRequirements(
  lexicon: Lexicon,
  held: readonly HeldData[],
  needed: readonly NeededData[],
  context: InterfaceContext,
): Service[] {
  return needed.map((requirement, index) => {
    let best: Service | undefined
    for (let i = 0; i < held.length; i++) {
      const dataset = held[i] as HeldData
      // Most datasets are of another kind; what is left of a row for them is not worth making.
      if (isUnheld(judgeModality(lexicon, dataset.modality, requirement.modality))) continue
      const judgements = judgePair(lexicon, dataset, requirement, context)
      // What may not be used is worth no more than nothing, so that the gate, not the value, tells of it.
      const value = isForbidden(judgements) ? UNSERVED : Math.max(UNSERVED, pairValue(judgements))
      const service = { requirement: index, dataset: i, value, judgements }
      if (best === undefined || isBetter(service, best, held)) best = service
    }
    if (best !== undefined) return best
    const judgements = [missingModality(requirement, held.length > 0)]
    return { requirement: index, dataset: -1, value: held.length > 0 ? UNSERVED : UNTOLD, judgements }
  })
}

function isBetter(a: Service, b: Service, held: readonly HeldData[]): boolean {
  if (a.value !== b.value) return a.value > b.value
  const forbidden = Number(isForbidden(a.judgements)) - Number(isForbidden(b.judgements))
  const [first, second] = [held[a.dataset], held[b.dataset]]
  return forbidden === 0 ? first !== undefined && comesFirst(first, second) : forbidden < 0
}

const isForbidden = (judgements: readonly Judgement[]) => judgements.some(row => row.verdict === 'forbidden')

/** A total order over datasets by their content, so that equal ones are the same to the score. */
function comesFirst(a: HeldData, b: HeldData | undefined): boolean {
  return b === undefined || contentKey(a) < contentKey(b)
}

function contentKey(dataset: HeldData): string {
  return JSON.stringify(Object.entries(dataset).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/**
 * Value of the data part, 0 to 1: the mean over requirements, required ones three times. A vendor that states no
 * requirement is neutral (0.5). A factory that shows data which serves is never below one that shows none, so that
 * adding a dataset that meets a requirement cannot lower the part.
 */
export function dataValue(services: readonly Service[], needed: readonly NeededData[]): number {
  if (services.length === 0) return 0.5
  let sum = 0
  let weights = 0
  for (const service of services) {
    const weight = LEVEL_WEIGHTS[needed[service.requirement]?.level ?? 'required']
    sum += weight * service.value
    weights += weight
  }
  const mean = sum / weights
  return services.some(isServed) ? Math.max(UNTOLD, mean) : mean
}

/** Whether a dataset of the kind stands behind the requirement and nothing forbids its use. */
export function isServed(service: Service): boolean {
  return service.dataset >= 0 && !isForbidden(service.judgements)
}
