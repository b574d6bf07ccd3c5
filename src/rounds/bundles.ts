import type { Limit, Pair, RoundProblem, SideName } from './problem.ts'

/** A pair as one side sees it. A forced pair has rank -1: it stands above everything and is never given up. */
export type Seat = { own: number; other: number; rank: number }
/** An agent's capacity, a group or a class, with what lies in it, the least wanted first. */
export type Bundle = { seatsMax: number; reserved: number; members: Seat[]; holds: (seat: Seat) => boolean }
export type Bundles = { agents: Bundle[]; limits: Bundle[]; byAgent: Bundle[][]; hasReserves: boolean }

/** Rank of another in an agent's list, or -1. A row for each agent is made when it is first asked for. */
export const readRanks = (problem: RoundProblem, name: SideName) => {
  const side = problem[name]
  const others = problem[name === 'scenarios' ? 'vendors' : 'scenarios'].capacities.length
  const rows: (Int32Array | undefined)[] = []
  const readRow = (own: number): Int32Array => {
    const row = new Int32Array(others).fill(-1)
    const list = side.lists[own] ?? []
    for (let rank = list.length - 1; rank >= 0; rank--) row[list[rank] ?? 0] = rank
    return row
  }
  return (own: number, other: number): number => (rows[own] ??= readRow(own))[other] ?? -1
}

/** The sets of a side with what lies in them. Forced pairs count against limits and fill reserves. */
export const fillBundles = (
  problem: RoundProblem,
  name: SideName,
  rankOf: (pair: Pair) => number,
  pairs: readonly Pair[],
): Bundles => {
  const side = problem[name]
  const limits = side.limits.map(toBundle)
  const agents = Array.from(side.capacities, (seatsMax, agent) => toBundle({ name: '', agents: [agent], seatsMax }))
  const byAgent = agents.map((own): Bundle[] => [own])
  side.limits.forEach((limit, i) => {
    const bundle = limits[i]
    if (bundle) for (const agent of limit.agents) byAgent[agent]?.push(bundle)
  })
  const bundles = { agents, limits, byAgent, hasReserves: limits.some(limit => limit.reserved > 0) }
  for (const pair of pairs) {
    const [own, other] = name === 'scenarios' ? pair : [pair[1], pair[0]]
    const seat = { own, other, rank: rankOf(pair) }
    for (const bundle of bundlesOf(bundles, seat)) bundle.members.push(seat)
  }
  for (const bundle of [...agents, ...limits]) bundle.members.sort((a, b) => (isBefore(a, b) ? 1 : -1))
  return bundles
}

const toBundle = (limit: Limit): Bundle => {
  const own = new Set(limit.agents)
  const others = limit.others && new Set(limit.others)
  return {
    seatsMax: limit.seatsMax ?? Infinity,
    reserved: limit.seatsReserved ?? 0,
    members: [],
    holds: seat => own.has(seat.own) && (others?.has(seat.other) ?? true),
  }
}

export const bundlesOf = (bundles: Bundles, seat: Seat): Bundle[] =>
  (bundles.byAgent[seat.own] ?? []).filter(bundle => bundle.holds(seat))

/** Whether a side would take a pair beside, or in the place of, what lies in its sets. */
export const wouldTake = (bundles: Bundles, seat: Seat): boolean => {
  const mine = bundlesOf(bundles, seat)
  const full = mine.filter(bundle => bundle.members.length >= bundle.seatsMax)
  if (full.length === 0) return true
  const fewest = full.reduce((a, b) => (b.members.length < a.members.length ? b : a))
  const isGaining = bundles.hasReserves && mine.some(bundle => bundle.members.length < bundle.reserved)
  for (const given of fewest.members) {
    // Where no reserved seat is to be gained the least wanted decide: whoever comes after them is wanted more.
    if (!isGaining && !isBefore(seat, given)) return false
    if (given.rank < 0 || !full.every(bundle => bundle.holds(given))) continue
    const change = bundles.hasReserves ? reserveChange(mine, bundlesOf(bundles, given)) : 0
    if (change > 0 || (change === 0 && isBefore(seat, given))) return true
  }
  return false
}

/** How many more reserved seats are filled once a pair that lies in `losing` gave its place to one that lies in `gaining`. */
const reserveChange = (gaining: Bundle[], losing: Bundle[]): number => {
  const gained = gaining.filter(bundle => !losing.includes(bundle) && bundle.members.length < bundle.reserved)
  const lost = losing.filter(bundle => !gaining.includes(bundle) && bundle.members.length <= bundle.reserved)
  return gained.length - lost.length
}

const isBefore = (a: Seat, b: Seat): boolean => a.rank < b.rank || (a.rank === b.rank && a.own < b.own)
