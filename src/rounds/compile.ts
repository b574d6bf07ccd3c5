import type { Limit, RoundProblem, RoundSide, SideName } from './problem.ts'

/**
 * A side as typed arrays. Sets are numbered: first one for each agent (its capacity), then the limits. A cell is the
 * smallest set that a pair lies in; `parent` leads from a set to the next larger one, -1 ends.
 */
export type CompiledSide = {
  agentCount: number
  parent: Int32Array
  /** Seats that are left once forced pairs have taken theirs. */
  seatsMax: Float64Array
  seatsReserved: Int32Array
  /** The outermost set of each set: sides fall apart into components that do not touch each other. */
  root: Int32Array
  hasReserves: boolean
  /** By edge. */
  agent: Int32Array
  rank: Int32Array
  cell: Int32Array
}

/** A round as arrays over its edges (acceptable pairs that are neither forced nor forbidden), ordered by scenario and by its list. */
export type CompiledRound = {
  edgeCount: number
  /** First edge of each scenario, and the end. */
  starts: Int32Array
  scenarios: CompiledSide
  vendors: CompiledSide
}

/** Turns a round without faults into arrays, in time proportional to the lists. */
export const compile = (problem: RoundProblem): CompiledRound => {
  const edges = listEdges(problem)
  return {
    edgeCount: edges.scenario.length,
    starts: edges.starts,
    scenarios: compileSide(problem, 'scenarios', edges.scenario, edges.vendor, edges.rankForScenario),
    vendors: compileSide(problem, 'vendors', edges.vendor, edges.scenario, edges.rankForVendor),
  }
}

const listEdges = (problem: RoundProblem) => {
  const scenarioCount = problem.scenarios.capacities.length
  const vendorCount = problem.vendors.capacities.length
  const byScenario = transpose(problem.vendors.lists, scenarioCount)
  const excluded = new Map<number, Set<number>>()
  for (const [scenario, vendor] of [...problem.forced, ...problem.forbidden])
    excluded.set(scenario, (excluded.get(scenario) ?? new Set()).add(vendor))
  const bound = byScenario.other.length
  const scenario = new Int32Array(bound)
  const vendor = new Int32Array(bound)
  const rankForScenario = new Int32Array(bound)
  const rankForVendor = new Int32Array(bound)
  const starts = new Int32Array(scenarioCount + 1)
  const rankOf = new Int32Array(vendorCount).fill(-1)
  let count = 0
  for (let s = 0; s < scenarioCount; s++) {
    const from = byScenario.starts[s] ?? 0
    const to = byScenario.starts[s + 1] ?? 0
    for (let i = from; i < to; i++) rankOf[byScenario.other[i] ?? 0] = byScenario.rank[i] ?? 0
    const without = excluded.get(s)
    const list = problem.scenarios.lists[s] ?? []
    for (let rank = 0; rank < list.length; rank++) {
      const v = list[rank] ?? 0
      const theirs = rankOf[v] ?? -1
      if (theirs < 0 || without?.has(v)) continue
      scenario[count] = s
      vendor[count] = v
      rankForScenario[count] = rank
      rankForVendor[count] = theirs
      // A list that names somebody twice means the first time.
      rankOf[v] = -1
      count++
    }
    for (let i = from; i < to; i++) rankOf[byScenario.other[i] ?? 0] = -1
    starts[s + 1] = count
  }
  return {
    starts,
    scenario: scenario.subarray(0, count),
    vendor: vendor.subarray(0, count),
    rankForScenario: rankForScenario.subarray(0, count),
    rankForVendor: rankForVendor.subarray(0, count),
  }
}

/** Lists of one side, read from the other: for each of the other side, who lists it and at which rank. */
const transpose = (lists: readonly ArrayLike<number>[], otherCount: number) => {
  const starts = new Int32Array(otherCount + 1)
  for (const list of lists) for (let i = 0; i < list.length; i++) bump(starts, (list[i] ?? 0) + 1)
  return fillTransposed(lists, starts)
}

const bump = (counts: Int32Array, at: number): void => {
  counts[at] = (counts[at] ?? 0) + 1
}

const fillTransposed = (lists: readonly ArrayLike<number>[], starts: Int32Array) => {
  for (let i = 1; i < starts.length; i++) starts[i] = (starts[i] ?? 0) + (starts[i - 1] ?? 0)
  const total = starts.at(-1) ?? 0
  const other = new Int32Array(total)
  const rank = new Int32Array(total)
  const next = starts.slice()
  for (let own = 0; own < lists.length; own++) {
    const list = lists[own] ?? []
    for (let i = list.length - 1; i >= 0; i--) {
      const target = list[i] ?? 0
      const at = next[target] ?? 0
      other[at] = own
      rank[at] = i
      next[target] = at + 1
    }
  }
  return { starts, other, rank }
}

const compileSide = (
  problem: RoundProblem,
  name: SideName,
  agent: Int32Array,
  other: Int32Array,
  rank: Int32Array,
): CompiledSide => {
  const side = problem[name]
  const agentCount = side.capacities.length
  const sets = buildSets(side)
  const cellOf = buildCells(agentCount, sets.order)
  const at = name === 'scenarios' ? 0 : 1
  for (const pair of problem.forced)
    for (let set = cellOf(pair[at], pair[1 - at] ?? 0); set >= 0; set = sets.parent[set] ?? -1) {
      sets.seatsMax[set] = (sets.seatsMax[set] ?? 0) - 1
      sets.seatsReserved[set] = Math.max(0, (sets.seatsReserved[set] ?? 0) - 1)
    }
  const hasClasses = side.limits.some(limit => limit.others !== undefined)
  const cell = hasClasses ? agent.map((own, edge) => cellOf(own, other[edge] ?? 0)) : agent
  const hasReserves = sets.seatsReserved.some(count => count > 0)
  const { order: _, ...rest } = sets
  return { agentCount, ...rest, hasReserves, agent, rank, cell }
}

/** Numbers the sets, smallest last within a chain, and links each to the next larger one. */
const buildSets = (side: RoundSide) => {
  const agentCount = side.capacities.length
  const size = (limit: Limit) => (limit.others === undefined ? limit.agents.length : -1 / limit.others.length)
  // From the largest to the smallest, so that the last one that holds an agent is its innermost group.
  const order = side.limits.map((limit, i) => ({ limit, i })).sort((a, b) => size(b.limit) - size(a.limit) || a.i - b.i)
  const count = agentCount + order.length
  const parent = new Int32Array(count).fill(-1)
  const seatsMax = new Float64Array(count).fill(Infinity)
  const seatsReserved = new Int32Array(count)
  for (let i = 0; i < agentCount; i++) seatsMax[i] = side.capacities[i] ?? 0
  order.forEach(({ limit }, position) => {
    const set = agentCount + position
    seatsMax[set] = limit.seatsMax ?? Infinity
    seatsReserved[set] = limit.seatsReserved ?? 0
    if (limit.others === undefined) {
      parent[set] = parent[limit.agents[0] ?? 0] ?? -1
      for (const own of limit.agents) parent[own] = set
    }
  })
  order.forEach(({ limit }, position) => {
    if (limit.others === undefined) return
    const within = order.findLastIndex(
      (outer, at) =>
        at < position &&
        outer.limit.others !== undefined &&
        outer.limit.agents[0] === limit.agents[0] &&
        outer.limit.others.includes(limit.others?.[0] ?? -1),
    )
    parent[agentCount + position] = within >= 0 ? agentCount + within : (limit.agents[0] ?? 0)
  })
  const root = new Int32Array(count)
  for (let set = 0; set < count; set++) {
    let top = set
    while ((parent[top] ?? -1) >= 0) top = parent[top] ?? -1
    root[set] = top
  }
  return { parent, seatsMax, seatsReserved, root, order }
}

/** The smallest set that a pair lies in: its agent's innermost class that takes the other, or the agent itself. */
const buildCells = (agentCount: number, order: readonly { limit: Limit }[]) => {
  const classes = new Map<number, Map<number, number>>()
  order.forEach(({ limit }, position) => {
    const [own] = limit.agents
    if (limit.others === undefined || own === undefined) return
    const mine = classes.get(own) ?? new Map<number, number>()
    for (const other of limit.others) mine.set(other, agentCount + position)
    classes.set(own, mine)
  })
  return (own: number, other: number): number => classes.get(own)?.get(other) ?? own
}
