import type { Bilingual } from '../engine/types.ts'

/**
 * A limit on the pairs of one side. Without `others` it is a group: all pairs of its `agents`. With `others` it is a
 * class: the pairs of its one agent with those of the other side. `seatsMax` is an upper limit; `seatsReserved` seats
 * go to the group or class first and to anybody once it has no more takers. Agents are indices.
 */
export type Limit = {
  name: string
  agents: readonly number[]
  others?: readonly number[]
  seatsMax?: number
  seatsReserved?: number
}

/** One side of a round: how many pairs each agent takes, and whom it accepts, best first (indices of the other side). */
export type RoundSide = {
  capacities: ArrayLike<number>
  lists: readonly ArrayLike<number>[]
  limits: readonly Limit[]
}

export type Pair = readonly [scenario: number, vendor: number]
/** A round: a pair is acceptable if each stands in the other's list. Forced pairs need not stand in any list. */
export type RoundProblem = {
  scenarios: RoundSide
  vendors: RoundSide
  forced: readonly Pair[]
  forbidden: readonly Pair[]
}
export const SIDES = ['scenarios', 'vendors'] as const
export type SideName = (typeof SIDES)[number]

/** What makes a round impossible. `pointer` is a JSON pointer into the problem. */
export type Fault = { pointer: string; detail: Bilingual }

/**
 * What is wrong with a round before anything is computed: limits of a side that overlap without one holding the other,
 * a reserved share inside another one or above its own limit, a forced pair that is forbidden, stands twice, or breaks
 * a limit.
 */
export const findFaults = (problem: RoundProblem): Fault[] => {
  const shape = SIDES.flatMap(name => [...findRange(problem, name), ...findCrossings(name, problem[name].limits)])
  return shape.length > 0 ? shape : findForcedFaults(problem)
}

const fault = (pointer: string, zh: string, en: string): Fault => ({ pointer, detail: { zh, en } })

const findRange = (problem: RoundProblem, name: SideName): Fault[] => {
  const side = problem[name]
  const own = side.capacities.length
  const others = problem[name === 'scenarios' ? 'vendors' : 'scenarios'].capacities.length
  const isIn = (count: number) => (index: number) => Number.isInteger(index) && index >= 0 && index < count
  return side.limits.flatMap((limit, i) => {
    const pointer = `/${name}/limits/${i}`
    const found: Fault[] = []
    if (limit.agents.length === 0 || !limit.agents.every(isIn(own)) || !(limit.others ?? []).every(isIn(others)))
      found.push(fault(pointer, '引用了不在本轮的成员', 'It names somebody who is not in the round'))
    if (limit.others !== undefined && limit.agents.length !== 1)
      found.push(fault(pointer, '类别只能属于一个参与方', 'A class belongs to exactly one participant'))
    if (limit.seatsReserved !== undefined && limit.seatsReserved > (limit.seatsMax ?? Infinity))
      found.push(fault(pointer, '保留名额超过上限', 'More seats are reserved than the limit allows'))
    return found
  })
}

/** Limits of one side must be nested or apart (a laminar family): only then is a stable result certain to exist. */
const findCrossings = (name: SideName, limits: readonly Limit[]): Fault[] =>
  limits.flatMap((first, i) =>
    limits.slice(i + 1).flatMap((second, j) => {
      const pointer = `/${name}/limits/${i + 1 + j}`
      const relation = relate(first, second)
      if (relation === 'crossing')
        return [
          fault(
            pointer,
            `与“${first.name}”部分重叠：名额范围只能互相包含或互不相交`,
            `It overlaps “${first.name}”: limits must be nested or apart`,
          ),
        ]
      const bothReserve = (first.seatsReserved ?? 0) > 0 && (second.seatsReserved ?? 0) > 0
      return relation === 'nested' && bothReserve
        ? [fault(pointer, '保留名额不能互相嵌套', 'Reserved seats cannot lie within reserved seats')]
        : []
    }),
  )

const relate = (a: Limit, b: Limit): 'apart' | 'nested' | 'crossing' => {
  const agents = compareSets(new Set(a.agents), new Set(b.agents))
  if (a.others === undefined && b.others === undefined) return agents
  if (agents === 'apart') return 'apart'
  // A class lies within every group of its agent, so two of them compare by whom they take.
  if (a.others === undefined || b.others === undefined) return 'nested'
  return compareSets(new Set(a.others), new Set(b.others))
}

const compareSets = (a: ReadonlySet<number>, b: ReadonlySet<number>): 'apart' | 'nested' | 'crossing' => {
  const common = [...a].filter(value => b.has(value)).length
  if (common === 0) return 'apart'
  return common === Math.min(a.size, b.size) ? 'nested' : 'crossing'
}

const findForcedFaults = (problem: RoundProblem): Fault[] => {
  const keyOf = ([scenario, vendor]: Pair) => `${scenario} ${vendor}`
  const forbidden = new Set(problem.forbidden.map(keyOf))
  const seen = new Set<string>()
  const found: Fault[] = []
  problem.forced.forEach((pair, i) => {
    const pointer = `/forced/${i}`
    if (forbidden.has(keyOf(pair)))
      found.push(fault(pointer, '同一对既指定又禁止', 'The pair is both forced and forbidden'))
    if (seen.has(keyOf(pair))) found.push(fault(pointer, '同一对指定了两次', 'The pair is forced twice'))
    seen.add(keyOf(pair))
  })
  for (const name of SIDES) {
    const at = name === 'scenarios' ? 0 : 1
    const side = problem[name]
    const holds = (limit: Limit) => (pair: Pair) =>
      limit.agents.includes(pair[at]) && (limit.others?.includes(pair[1 - at] ?? -1) ?? true)
    side.limits.forEach((limit, i) => {
      if (problem.forced.filter(holds(limit)).length > (limit.seatsMax ?? Infinity))
        found.push(
          fault(
            `/${name}/limits/${i}`,
            `指定的配对已超过“${limit.name}”的上限`,
            `The forced pairs break “${limit.name}”`,
          ),
        )
    })
    const counts = new Map<number, number>()
    for (const pair of problem.forced) counts.set(pair[at], (counts.get(pair[at]) ?? 0) + 1)
    for (const [agent, count] of counts)
      if (count > (side.capacities[agent] ?? 0))
        found.push(
          fault(`/${name}/capacities/${agent}`, '指定的配对已超过其容量', 'The forced pairs break its capacity'),
        )
  }
  return found
}
