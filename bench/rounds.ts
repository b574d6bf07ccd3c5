import { parseArgs } from 'node:util'
import { allocate } from '../src/rounds/allocate.ts'
import { checkRound, isProven } from '../src/rounds/check.ts'
import { createHeap } from '../src/rounds/heap.ts'
import { listByScore } from '../src/rounds/preferences.ts'
import type { Limit, RoundProblem } from '../src/rounds/problem.ts'
import { createRandom } from './province/random.ts'

/**
 * Time of one allocation round on one core, from scores to pairs: both sides' lists are made from scores, then the round
 * is allocated with nested quotas and reserved seats on both sides. Timed beside it in the same run: the rival, which is
 * plain deferred acceptance on the same lists and capacities, without quotas and reserves; and the proof, outside the
 * goal. `--scarce` gives each vendor one or two seats, so that most are refused by nearly all. Prints one JSON line.
 */
const { values } = parseArgs({
  options: {
    scenarios: { type: 'string', default: '10000' },
    vendors: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    proof: { type: 'boolean', default: true },
    scarce: { type: 'boolean', default: false },
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
const proofStart = performance.now()
const proof = values.proof ? checkRound(problem, pairs) : undefined
const proofS = (performance.now() - proofStart) / 1_000
const plainStart = performance.now()
const plain = allocatePlainly(problem)
const plainS = listedS + (performance.now() - plainStart) / 1_000

console.log(
  JSON.stringify({
    bench: 'rounds',
    ours: round(totalS),
    unit: 's',
    rival: round(plainS),
    rivalName: 'plain deferred acceptance: the same lists and capacities, no quotas, no reserves',
    ratio: round(plainS / totalS),
    goal: GOAL_S,
    met: totalS <= GOAL_S && (proof === undefined || isProven(proof)),
    scenarios: scenarioCount,
    vendors: vendorCount,
    acceptablePairs: scenarioCount * vendorCount,
    market: values.scarce ? 'scarce' : 'tight',
    listingS: round(listedS),
    offers,
    pairs: pairs.length,
    rivalOffers: plain.offers,
    rivalPairs: plain.pairs,
    proof: proof && {
      seconds: round(proofS),
      examined: proof.examined,
      blocking: proof.blocking.length,
      broken: proof.broken.length,
    },
    rssMb: Math.round(process.memoryUsage().rss / 2 ** 20),
  }),
)

/**
 * Everybody ranks everybody: twenty million acceptable pairs. There are slightly fewer seats than wishes, so that limits
 * of the clusters and of the whole round hold some back and their lists are walked to the end.
 */
function makeProblem(): RoundProblem {
  const seatsEach = values.scarce ? 0.35 : 2.4
  return {
    scenarios: {
      capacities: Int32Array.from({ length: scenarioCount }, (_, s) => 1 + (s % 3)),
      lists: scores.map(row => listByScore(row)),
      limits: groups(scenarioCount, 10, Math.floor(scenarioCount * 0.195), Math.floor(scenarioCount * 0.02)),
    },
    vendors: {
      capacities: Int32Array.from({ length: vendorCount }, (_, v) => (values.scarce ? 1 + (v % 2) : 6 + (v % 9))),
      lists: vendorScores.map(row => listByScore(row)),
      limits: groups(vendorCount, 4, Math.floor(vendorCount * seatsEach), Math.floor(vendorCount * seatsEach * 0.04)),
    },
    forced: [],
    forbidden: [],
  }
}

/**
 * The rival: scenarios propose down their lists, a vendor holds the best it was offered up to its capacity (Gale and
 * Shapley 1962, in the many-to-many form of Roth 1984). Its result may break every quota.
 */
function allocatePlainly({ scenarios, vendors }: RoundProblem): { offers: number; pairs: number } {
  const ranks = vendors.lists.map(list => {
    const ranked = new Int32Array(scenarioCount).fill(-1)
    for (let rank = 0; rank < list.length; rank++) ranked[list[rank] ?? 0] = rank
    return ranked
  })
  const next = new Int32Array(scenarioCount)
  const held = vendors.lists.map(() => createHeap())
  const taken = new Int32Array(vendorCount)
  const open = Array.from({ length: scenarioCount }, (_, s) => s).flatMap(s =>
    Array.from({ length: scenarios.capacities[s] ?? 0 }, () => s),
  )
  let made = 0
  for (let s = open.pop(); s !== undefined; s = open.pop()) {
    const v = scenarios.lists[s]?.[next[s] ?? 0]
    if (v === undefined) continue
    next[s] = (next[s] ?? 0) + 1
    made++
    const rank = ranks[v]?.[s] ?? -1
    const heap = held[v]
    if (rank < 0 || !heap) open.push(s)
    else {
      heap.push(-rank, s)
      if ((taken[v] ?? 0) >= (vendors.capacities[v] ?? 0)) open.push(heap.pop())
      else taken[v] = (taken[v] ?? 0) + 1
    }
  }
  return { offers: made, pairs: taken.reduce((sum, count) => sum + count, 0) }
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
