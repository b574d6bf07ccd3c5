import t from 'tap'
import { capabilities } from '../../seeds/data/capabilities.ts'
import { scenarios } from '../../seeds/data/scenarios.ts'
import type { CapabilityInput, DataRequirement, Dataset, ScenarioInput } from '../../src/engine/types.ts'

type Pair = { demand: Omit<ScenarioInput, 'id'>; supply: Omit<CapabilityInput, 'id'> }
type DataPair = { held: Dataset; needed: DataRequirement }

/** Pairs that speak of the same problem, so that what parts them is the clash and not the subject. */
const pairs: Pair[] = scenarios.flatMap(({ input: demand }) =>
  capabilities
    .filter(({ input }) => (input.problems ?? []).some(problem => (demand.problems ?? []).includes(problem)))
    .map(({ input: supply }) => ({ demand, supply })),
)
const dataPairs: DataPair[] = pairs.flatMap(({ demand, supply }) =>
  (supply.dataRequirements ?? []).flatMap(needed =>
    (demand.datasets ?? []).filter(held => held.modality === needed.modality).map(held => ({ held, needed })),
  ),
)

const outsideForms = ['dp.public', 'dp.api']
const levels = ['cp.mlps1', 'cp.mlps2', 'cp.mlps3', 'cp.mlps4']
const levelOf = (certificates: Pair['supply']['certificates']) =>
  Math.max(-1, ...(certificates ?? []).map(ref => (typeof ref === 'string' ? levels.indexOf(ref) : -1)))
const daysBetween = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 86_400_000

const clashes: Record<string, (pair: Pair) => boolean> = {
  'data may not leave, the vendor knows the public cloud only': ({ demand, supply }) =>
    demand.constraints?.reach === 'site' &&
    (supply.deployments ?? []).every(form => typeof form === 'string' && outsideForms.includes(form)),
  'the security level asked for is missing': ({ demand, supply }) =>
    levelOf(demand.constraints?.certificates) > levelOf(supply.certificates),
  'the price starts above the budget': ({ demand, supply }) =>
    (supply.price?.min ?? 0) > (demand.budget?.max ?? Number.POSITIVE_INFINITY),
  'the lead time is longer than the time left': ({ demand, supply }) =>
    demand.startsOn !== undefined &&
    demand.neededBy !== undefined &&
    (supply.leadTimeDays ?? 0) > daysBetween(demand.startsOn, demand.neededBy),
  'the answer comes too late for the line': ({ demand, supply }) =>
    (supply.latencyMs ?? 0) > (demand.constraints?.latencyMsMax ?? Number.POSITIVE_INFINITY),
}

const dataClashes: Record<string, (pair: DataPair) => boolean> = {
  'labels are needed, none are held': ({ held, needed }) =>
    needed.level === 'required' && (needed.labelledSamplesMin ?? 0) > 0 && held.labelCoverage === 0,
  'sampling is too slow': ({ held, needed }) =>
    (needed.samplingHzMin ?? 0) > (held.samplingHz ?? Number.POSITIVE_INFINITY),
  'history is too short': ({ held, needed }) =>
    (needed.timeSpanDaysMin ?? 0) > (held.timeSpanDays ?? Number.POSITIVE_INFINITY),
  'too many values are missing': ({ held, needed }) => (needed.completenessMin ?? 0) > (held.completeness ?? 1),
  'rows cannot be joined': ({ held, needed }) => needed.needsContext === true && held.hasContext === false,
}

void t.test('the seeds hold every clash that an explanation has to name', async t => {
  for (const [name, clash] of Object.entries(clashes)) t.ok(pairs.some(clash), name)
  for (const [name, clash] of Object.entries(dataClashes)) t.ok(dataPairs.some(clash), name)
})

void t.test('and pairs that fit: the same problem, the modality held, a price within the budget', async t => {
  const fits = pairs.filter(
    pair =>
      Object.values(clashes).every(clash => !clash(pair)) &&
      (pair.supply.dataRequirements ?? []).every(needed =>
        (pair.demand.datasets ?? []).some(
          held =>
            held.modality === needed.modality && Object.values(dataClashes).every(clash => !clash({ held, needed })),
        ),
      ) &&
      pair.demand.datasets !== undefined,
  )
  t.ok(fits.length >= 20, `${fits.length} pairs fit`)
})
