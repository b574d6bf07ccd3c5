/** What pooling needs to know of a scenario: whose it is, and its concepts. Nothing of its texts or data. */
export type PoolScenario = {
  id: string
  organisationId: string
  /** `pb.*` and `df.*` */
  problems: readonly string[]
  /** `proc.*`; empty: unsaid */
  processes: readonly string[]
  /** `mod.*` of its data; empty: unsaid */
  modalities: readonly string[]
}
export type Pool = {
  scenarioIds: string[]
  problems: string[]
  processes: string[]
  modalities: string[]
  similarity: number
}

/** Whether two organisations must not meet. */
export type Apart = (organisationId: string, other: string) => boolean

/** How much each kind of concept counts, in ten-thousandths. */
const WEIGHTS = { problems: 5_000, processes: 2_500, modalities: 2_500 } as const
/** What is unsaid neither joins nor parts: half of what full agreement would count. */
const UNSAID = 0.5
const MEMBERS_MIN = 2
/** How much larger a pool must be than the next for a scenario that fits both to be counted to it. */
const CLEARLY_LARGER = 3

/**
 * Scenarios of different manufacturers that would be served by the same thing: one problem, one process, one modality.
 * Each pool grows from a kernel, the triple that most organisations state. Of problems that the same organisations state,
 * the one that stands in the fewest settings counts, so that a second problem that many name besides neither joins nor
 * parts anything. Whoever leaves its process or its data unsaid joins the kernel that nothing it says speaks against; where
 * it fits several and none is clearly the largest, it is left out, since a wrong proposal is worse than none. Each
 * scenario is in one pool at most; a pool has at least two organisations, and none that must not meet (`apart`). The same
 * input in any order gives the same pools.
 */
export const findPools = (scenarios: readonly PoolScenario[], apart: Apart = () => false): Pool[] => {
  const sorted = [...scenarios].sort((a, b) => (a.id < b.id ? -1 : 1))
  const kernels = listKernels(sorted)
  const settled = new Set(kernels.flatMap(({ members }) => members))
  const joining = sorted.filter(scenario => !settled.has(scenario))
  const chosen = new Map(joining.map(scenario => [scenario, choose(kernels.filter(kernel => fits(kernel, scenario)))]))
  return kernels
    .map(kernel => [...kernel.members, ...joining.filter(scenario => chosen.get(scenario) === kernel)])
    .flatMap(members => splitApart(members, apart))
    .filter(members => countOrganisations(members) >= MEMBERS_MIN)
    .map(describe)
    .sort((a, b) => ((a.scenarioIds[0] ?? '') < (b.scenarioIds[0] ?? '') ? -1 : 1))
}

type Kernel = { problem: string; process: string | undefined; modality: string | undefined; members: PoolScenario[] }

/**
 * Kernels of those that say all first; those that leave one thing unsaid make one only where they fit none. A problem
 * alone makes none: nothing says then that the same thing would serve them.
 */
const listKernels = (scenarios: readonly PoolScenario[]): Kernel[] => {
  const kernels: Kernel[] = []
  const settings = listSettings(scenarios)
  for (const unsaid of [0, 1]) {
    let left = scenarios.filter(
      scenario => countUnsaid(scenario) === unsaid && !kernels.some(kernel => fits(kernel, scenario)),
    )
    while (left.length > 0) {
      const kernel = findLargest(left, settings)
      if (!kernel) break
      kernels.push(kernel)
      left = left.filter(scenario => !kernel.members.includes(scenario))
    }
  }
  return kernels
}

const countUnsaid = ({ processes, modalities }: PoolScenario): number =>
  Number(processes.length === 0) + Number(modalities.length === 0)

/** In how many pairs of process and modality each problem is stated. */
const listSettings = (scenarios: readonly PoolScenario[]): Map<string, Set<string>> => {
  const settings = new Map<string, Set<string>>()
  for (const { problems, processes, modalities } of scenarios)
    for (const problem of problems) {
      const known = settings.get(problem) ?? new Set()
      for (const process of processes) for (const modality of modalities) known.add(`${process} ${modality}`)
      settings.set(problem, known)
    }
  return settings
}

/** The triple that most organisations state. Of several, the one whose problem stands in the fewest settings. */
const findLargest = (stating: readonly PoolScenario[], settings: Map<string, Set<string>>): Kernel | undefined => {
  const kernels = new Map<string, Kernel>()
  for (const scenario of stating)
    for (const problem of scenario.problems)
      for (const process of orUnsaid(scenario.processes))
        for (const modality of orUnsaid(scenario.modalities)) {
          const key = `${problem} ${process ?? ''} ${modality ?? ''}`
          const kernel = kernels.get(key) ?? { problem, process, modality, members: [] }
          kernel.members.push(scenario)
          kernels.set(key, kernel)
        }
  const ranked = [...kernels].map(([key, kernel]) => ({
    key,
    kernel,
    size: countOrganisations(kernel.members),
    settings: settings.get(kernel.problem)?.size ?? 0,
  }))
  return ranked.sort((a, b) => b.size - a.size || a.settings - b.settings || (a.key < b.key ? -1 : 1))[0]?.kernel
}

const orUnsaid = (values: readonly string[]): readonly (string | undefined)[] =>
  values.length > 0 ? values : [undefined]

/** Nothing that the scenario says speaks against the kernel. */
const fits = (kernel: Kernel, scenario: PoolScenario): boolean =>
  scenario.problems.includes(kernel.problem) &&
  mayMeet(kernel.process, scenario.processes) &&
  mayMeet(kernel.modality, scenario.modalities)

const mayMeet = (value: string | undefined, values: readonly string[]): boolean =>
  value === undefined || values.length === 0 || values.includes(value)

const choose = (fitting: readonly Kernel[]): Kernel | undefined => {
  const [largest, next] = fitting
    .map(kernel => ({ kernel, size: countOrganisations(kernel.members) }))
    .sort((a, b) => b.size - a.size)
  return !next || (largest && largest.size >= CLEARLY_LARGER * next.size) ? largest?.kernel : undefined
}

/** Groups in which nobody must stay apart from another: each goes into the first that takes it. */
export const splitApart = <Member extends { organisationId: string }>(
  members: readonly Member[],
  apart: Apart,
): Member[][] => {
  const groups: Member[][] = []
  for (const member of members) {
    const group = groups.find(others => others.every(other => !apart(other.organisationId, member.organisationId)))
    if (group) group.push(member)
    else groups.push([member])
  }
  return groups
}

const countOrganisations = (scenarios: readonly PoolScenario[]): number =>
  new Set(scenarios.map(({ organisationId }) => organisationId)).size

const describe = (members: readonly PoolScenario[]): Pool => ({
  scenarioIds: members.map(({ id }) => id).sort(),
  problems: listCommon(members.map(({ problems }) => problems)),
  processes: listCommon(members.map(({ processes }) => processes)),
  modalities: listCommon(members.map(({ modalities }) => modalities)),
  similarity: meanSimilarity(members),
})

/** What all of those name that name anything. */
const listCommon = (lists: readonly (readonly string[])[]): string[] => {
  const [first = [], ...others] = lists.filter(list => list.length > 0)
  return first.filter(value => others.every(list => list.includes(value))).sort()
}

const meanSimilarity = (members: readonly PoolScenario[]): number => {
  const pairs = members.flatMap((one, i) => members.slice(i + 1).map(other => similarityOf(one, other)))
  return Math.round(meanOf(pairs))
}

const meanOf = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length

/** Weighted Jaccard likeness of two scenarios, 0 to 10,000. */
export const similarityOf = (a: PoolScenario, b: PoolScenario): number =>
  WEIGHTS.problems * jaccard(a.problems, b.problems) +
  WEIGHTS.processes * (isUnsaid(a.processes, b.processes) ? UNSAID : jaccard(a.processes, b.processes)) +
  WEIGHTS.modalities * (isUnsaid(a.modalities, b.modalities) ? UNSAID : jaccard(a.modalities, b.modalities))

const isUnsaid = (a: readonly string[], b: readonly string[]) => a.length === 0 || b.length === 0

const jaccard = (a: readonly string[], b: readonly string[]): number => {
  const union = new Set([...a, ...b])
  return union.size === 0 ? 0 : (new Set(a).size + new Set(b).size - union.size) / union.size
}
