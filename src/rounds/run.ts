import { adviseSlots, type SlotAdvice } from './advice.ts'
import { allocate } from './allocate.ts'
import { checkRound } from './check.ts'
import { type Fault, findFaults, type Limit, type Pair, type RoundProblem } from './problem.ts'
import type { RoundAdvice, RoundPairIds, RoundProof, RoundTerms } from './tables.ts'

/** A pair that may meet: there is a match of the scenario with a capability of the vendor. Scores are of 10,000. */
export type Possible = {
  scenarioId: string
  vendorId: string
  matchId: string
  capabilityId: string
  factoryScore: number
  vendorScore: number
}
/** Those who take part, in the order that decides between equals. */
export type Participant = { subjectId: string; capacity: number; preferences: readonly string[] | null }
export type RoundInput = {
  scenarios: readonly Participant[]
  vendors: readonly Participant[]
  possible: readonly Possible[]
  terms: RoundTerms
}
export type RoundResult = {
  pairs: (RoundPairIds & { matchId: string; capabilityId: string; isForced: boolean })[]
  proof: RoundProof
  advice: RoundAdvice[]
}

/** A round by ids as the algorithm knows it, by places in the lists of participants. */
export const toProblem = (input: RoundInput): RoundProblem => {
  const scenarioAt = new Map(input.scenarios.map(({ subjectId }, i) => [subjectId, i]))
  const vendorAt = new Map(input.vendors.map(({ subjectId }, i) => [subjectId, i]))
  const pairOf = ({ scenarioId, vendorId }: RoundPairIds): Pair[] => {
    const pair = [scenarioAt.get(scenarioId), vendorAt.get(vendorId)]
    return pair[0] === undefined || pair[1] === undefined ? [] : [[pair[0], pair[1]]]
  }
  const limitsOf = (side: 'scenario' | 'vendor'): Limit[] => {
    const [own, others] = side === 'scenario' ? [scenarioAt, vendorAt] : [vendorAt, scenarioAt]
    const places = (ids: readonly string[], at: ReadonlyMap<string, number>) => ids.flatMap(id => at.get(id) ?? [])
    return input.terms.limits
      .filter(limit => limit.side === side)
      .map(limit => ({
        name: limit.name,
        agents: places(limit.members, own),
        ...(limit.others ? { others: places(limit.others, others) } : {}),
        ...(limit.seatsMax === undefined ? {} : { seatsMax: limit.seatsMax }),
        ...(limit.seatsReserved === undefined ? {} : { seatsReserved: limit.seatsReserved }),
      }))
  }
  const byScenario = groupBy(input.possible, ({ scenarioId }) => scenarioId)
  const byVendor = groupBy(input.possible, ({ vendorId }) => vendorId)
  return {
    scenarios: {
      capacities: input.scenarios.map(({ capacity }) => capacity),
      lists: input.scenarios.map(one =>
        listOf(
          one,
          vendorAt,
          (byScenario.get(one.subjectId) ?? []).map(p => ({ id: p.vendorId, score: p.factoryScore })),
        ),
      ),
      limits: limitsOf('scenario'),
    },
    vendors: {
      capacities: input.vendors.map(({ capacity }) => capacity),
      lists: input.vendors.map(one =>
        listOf(
          one,
          scenarioAt,
          (byVendor.get(one.subjectId) ?? []).map(p => ({ id: p.scenarioId, score: p.vendorScore })),
        ),
      ),
      limits: limitsOf('vendor'),
    },
    forced: input.terms.forced.flatMap(pairOf),
    forbidden: input.terms.forbidden.flatMap(pairOf),
  }
}

/** What makes the round impossible, before anything is computed. */
export const findRoundFaults = (input: RoundInput): Fault[] => findFaults(toProblem(input))

/** Allocates, proves the result independently, and says where one seat more would help. */
export const runRound = (input: RoundInput): RoundResult => {
  const problem = toProblem(input)
  const { pairs } = allocate(problem)
  const proof = checkRound(problem, pairs)
  const forced = new Set(problem.forced.map(String))
  const byIds = new Map(input.possible.map(one => [`${one.scenarioId} ${one.vendorId}`, one]))
  return {
    pairs: pairs.flatMap(pair => {
      const scenarioId = input.scenarios[pair[0]]?.subjectId ?? ''
      const vendorId = input.vendors[pair[1]]?.subjectId ?? ''
      const found = byIds.get(`${scenarioId} ${vendorId}`)
      const { matchId, capabilityId } = found ?? {}
      return matchId === undefined || capabilityId === undefined
        ? []
        : [{ scenarioId, vendorId, matchId, capabilityId, isForced: forced.has(String(pair)) }]
    }),
    proof: {
      pairs: proof.pairs,
      examined: proof.examined,
      blocking: proof.blocking.length,
      broken: proof.broken.length,
      misplaced: proof.misplaced.length,
    },
    advice: adviseSlots(problem, pairs).map(advice => present(input, advice)),
  }
}

const present = (input: RoundInput, { where, ...rest }: SlotAdvice): RoundAdvice => {
  const side = where.side === 'scenarios' ? 'scenario' : 'vendor'
  const limits = input.terms.limits.filter(limit => limit.side === side)
  const name = 'agent' in where ? input[where.side][where.agent]?.subjectId : limits[where.limit]?.name
  return { side, where: name ?? '', ...rest }
}

/** A participant's list: his own order where he gave one, by score otherwise. Only pairs that may meet count. */
const listOf = (
  one: Participant,
  at: ReadonlyMap<string, number>,
  possible: readonly { id: string; score: number }[],
): number[] => {
  const ids = new Set(possible.map(({ id }) => id))
  const byScore = possible.toSorted((a, b) => b.score - a.score || (at.get(a.id) ?? 0) - (at.get(b.id) ?? 0))
  const order = one.preferences?.filter(id => ids.has(id)) ?? byScore.map(({ id }) => id)
  return order.flatMap(id => at.get(id) ?? [])
}

const groupBy = (possible: readonly Possible[], keyOf: (one: Possible) => string): Map<string, Possible[]> => {
  const groups = new Map<string, Possible[]>()
  for (const one of possible) {
    const known = groups.get(keyOf(one))
    if (known) known.push(one)
    else groups.set(keyOf(one), [one])
  }
  return groups
}
