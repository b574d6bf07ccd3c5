import { readFileSync } from 'node:fs'
import { SITE_DEPLOYMENTS } from '../../src/engine/facts/constraints.ts'
import { interpret } from '../../src/engine/interpret.ts'
import type { Lexicon } from '../../src/engine/lexicon/lexicon.ts'
import type { Dataset, Goal } from '../../src/engine/types.ts'

/** What a person reads in a demand; what is absent is not looked at. Numbers hold to one part in a hundred. */
export type Demand = {
  text: string
  /** One of them is among the first two problems. */
  problems: string[]
  /** None of them is among the first three. */
  not?: string[]
  datasets?: (Partial<Omit<Dataset, 'modality'>> & { modality?: string })[]
  goals?: Goal[]
  reach?: string
  cloudFree?: boolean
  budgetMax?: number
  noBudget?: boolean
  neededBy?: string
  takt?: number
  noTakt?: boolean
  latencyMs?: number
}

/** The day on which the demands were written. */
const TODAY = '2026-11-22'

export function readDemands(path: string | URL): Demand[] {
  return JSON.parse(readFileSync(path, 'utf8'))
}

/** Each thing that a person reads in a demand, with whether the interpreter reads it too. */
export function judge(lexicon: Lexicon, demand: Demand): { what: string; ok: boolean; found: unknown }[] {
  const read = interpret(lexicon, demand.text, 'zh', TODAY)
  const problems = read.problems.map(problem => problem.concept)
  const datasets = read.datasets.map(({ value }) => value)
  const goals = read.goals.map(({ value }) => value)
  const constraints = read.constraints.map(({ value }) => value)
  const takts = constraints.flatMap(({ taktS }) => taktS ?? [])
  const checks: { what: string; ok: boolean; found: unknown }[] = []
  const check = (what: string, ok: boolean, found: unknown) => checks.push({ what, ok, found })
  check(
    `problem ${demand.problems.join(' or ')}`,
    problems.slice(0, 2).some(id => demand.problems.includes(id)),
    problems,
  )
  for (const id of demand.not ?? []) check(`not ${id}`, !problems.slice(0, 3).includes(id), problems)
  for (const wanted of demand.datasets ?? [])
    check(
      `dataset ${JSON.stringify(wanted)}`,
      datasets.some(dataset => holds(dataset, wanted)),
      datasets,
    )
  for (const wanted of demand.goals ?? [])
    check(
      `goal ${JSON.stringify(wanted)}`,
      goals.some(goal => holds(goal, wanted)),
      goals,
    )
  if (demand.reach !== undefined)
    check(
      `reach ${demand.reach}`,
      constraints.some(({ reach }) => reach === demand.reach),
      constraints,
    )
  if (demand.cloudFree)
    check(
      'no cloud',
      constraints.some(({ deployments }) => deployments === SITE_DEPLOYMENTS),
      constraints,
    )
  if (demand.budgetMax !== undefined)
    check(`budget ${demand.budgetMax}`, read.budget?.value.max === demand.budgetMax, read.budget?.value)
  if (demand.noBudget) check('no budget', read.budget === undefined, read.budget?.value)
  if (demand.neededBy !== undefined)
    check(`by ${demand.neededBy}`, read.neededBy?.value === demand.neededBy, read.neededBy?.value)
  if (demand.takt !== undefined)
    check(
      `takt ${demand.takt}`,
      takts.some(takt => isNear(takt, demand.takt)),
      takts,
    )
  if (demand.noTakt) check('no takt', takts.length === 0, takts)
  if (demand.latencyMs !== undefined)
    check(
      `latency ${demand.latencyMs}`,
      constraints.some(({ latencyMsMax }) => isNear(latencyMsMax, demand.latencyMs)),
      constraints,
    )
  return checks
}

const isNear = (a: unknown, b: unknown) =>
  typeof a === 'number' && typeof b === 'number' && Math.abs(a - b) <= Math.abs(b) / 100

/** Whether all that is wanted is there; a name such as "mod.audio|mod.speech" leaves a choice. */
function holds(found: unknown, wanted: unknown): boolean {
  if (typeof wanted === 'number') return isNear(found, wanted)
  if (typeof wanted === 'string') return typeof found === 'string' && wanted.split('|').includes(found)
  if (typeof wanted !== 'object' || wanted === null) return found === wanted
  if (typeof found !== 'object' || found === null) return false
  const entries = new Map<string, unknown>(Object.entries(found))
  return Object.entries(wanted).every(([key, value]) => holds(entries.get(key), value))
}
