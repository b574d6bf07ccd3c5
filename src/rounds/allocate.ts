import { compile } from './compile.ts'
import { createProposers } from './offers.ts'
import type { Pair, RoundProblem } from './problem.ts'
import { createReceivers } from './receivers.ts'

/** Pairs sorted by scenario and vendor, forced ones among them, and how many offers were made on the way. */
export type Allocation = { pairs: Pair[]; offers: number }

/**
 * Capacity-aware deferred acceptance between two sides that each choose under nested limits and reserves. What a side
 * chooses is the maximum of a laminar concave function (reserved seats) and separable weights (places in lists) under
 * laminar limits, hence substitutable and obeying the law of aggregate demand (Murota 2003, Discrete Convex Analysis,
 * ch. 6); so the result is stable in the sense of docs/adr/0008 and of all stable results the best for the scenarios
 * (Fleiner 2003, A fixed-point approach to stable matchings; Hatfield and Kominers 2017 for many-to-many), whatever the
 * order of the offers. Needs a round without faults (`findFaults`); the same round always gives the same pairs.
 */
export const allocate = (problem: RoundProblem): Allocation => {
  const round = compile(problem)
  const proposers = createProposers(round)
  const receivers = createReceivers(round)
  const open = proposers.start()
  let offers = 0
  for (let offer = open.pop(); offer !== undefined; offer = open.pop()) {
    offers++
    const refused = receivers.receive(offer)
    if (refused >= 0) open.push(...proposers.refuse(refused))
  }
  const pairs = receivers
    .held()
    .map((edge): Pair => [round.scenarios.agent[edge] ?? 0, round.vendors.agent[edge] ?? 0])
    .concat(problem.forced)
    .sort((a, b) => a[0] - b[0] || a[1] - b[1])
  return { pairs, offers }
}
