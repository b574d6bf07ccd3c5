import { parseArgs } from 'node:util'
import { allocate } from '../src/rounds/allocate.ts'
import { checkRound, isProven } from '../src/rounds/check.ts'
import { listByScore } from '../src/rounds/preferences.ts'
import type { Limit, RoundProblem } from '../src/rounds/problem.ts'
import { createRandom } from './province/random.ts'

/**
 * Time of one allocation round on one core, from scores to pairs: both sides' lists are made from scores, then the round
 * is allocated with nested quotas and reserved seats on both sides; the proof is made outside the measured time. Prints
 * one JSON line.
 */
const { values } = parseArgs({
  options: {
    scenarios: { type: 'string', default: '10000' },
    vendors: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    proof: { type: 'boolean', default: true },
  },
  allowNegative: true,
})
const GOAL_S = 10
const scenarioCount = Number(values.scenarios)
const vendorCount = Number(values.vendors)
const random = createRandom(Number(values.seed))

/** What a good vendor is, all factories agree on in part; the rest is a matter of the pair. */
const quality = Array.from({ length: vendorCount }, () => random())
const interest = Array.from({ length: scenarioCount }, () => random())
const scores = Array.from({ length: scenarioCount }, () =>
  Uint16Array.from({ length: vendorCount }, (_, v) => Math.floor(10_000 * (0.4 * (quality[v] ?? 0) + 0.6 * random()))),
)
const vendorScores = Array.from({ length: vendorCount }, () =>
  Uint16Array.from({ length: scenarioCount }, (_, s) =>
    Math.floor(10_000 * (0.4 * (interest[s] ?? 0) + 0.6 * random())),
  ),
)

const start = performance.now()
const problem = makeProblem()
const listedS = (performance.now() - start) / 1_000
const { pairs, offers } = allocate(problem)
const totalS = (performance.now() - start) / 1_000
const proof = values.proof ? checkRound(problem, pairs) : undefined

console.log(
  JSON.stringify({
    bench: 'rounds',
    ours: round(totalS),
    unit: 's',
    rival: null,
    rivalName: 'none: no maintained JavaScript library allocates many-to-many with nested quotas',
    ratio: null,
    goal: GOAL_S,
    met: totalS <= GOAL_S && (proof === undefined || isProven(proof)),
    scenarios: scenarioCount,
    vendors: vendorCount,
    acceptablePairs: scenarioCount * vendorCount,
    listingS: round(listedS),
    offers,
    pairs: pairs.length,
    proof: proof && { examined: proof.examined, blocking: proof.blocking.length, broken: proof.broken.length },
    rssMb: Math.round(process.memoryUsage().rss / 2 ** 20),
  }),
)

/**
 * Everybody ranks everybody: twenty million acceptable pairs. There are slightly fewer seats than wishes, so that limits
 * of the clusters and of the whole round hold some back and their lists are walked to the end.
 */
function makeProblem(): RoundProblem {
  return {
    scenarios: {
      capacities: Int32Array.from({ length: scenarioCount }, (_, s) => 1 + (s % 3)),
      lists: scores.map(row => listByScore(row)),
      limits: groups(scenarioCount, 10, Math.floor(scenarioCount * 0.195), Math.floor(scenarioCount * 0.02)),
    },
    vendors: {
      capacities: Int32Array.from({ length: vendorCount }, (_, v) => 6 + (v % 9)),
      lists: vendorScores.map(row => listByScore(row)),
      limits: groups(vendorCount, 4, Math.floor(vendorCount * 2.4), Math.floor(vendorCount * 0.1)),
    },
    forced: [],
    forbidden: [],
  }
}

function groups(count: number, parts: number, seatsMax: number, seatsReserved: number): Limit[] {
  const all = Array.from({ length: count }, (_, i) => i)
  return [
    { name: 'all', agents: all, seatsMax: seatsMax * parts },
    ...Array.from({ length: parts }, (_, part) => ({
      name: `group ${part}`,
      agents: all.filter(i => i % parts === part),
      seatsMax: seatsMax + part,
      seatsReserved,
    })),
  ]
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
