import fc from 'fast-check'
import t from 'tap'
import { adviseSlots } from '../../src/rounds/advice.ts'
import { allocate } from '../../src/rounds/allocate.ts'
import { checkRound, isProven } from '../../src/rounds/check.ts'
import { findFaults, type Pair, type RoundProblem } from '../../src/rounds/problem.ts'
import { arbitraryRound } from './arbitrary.ts'
import { isAsGoodForScenarios, isSame, listEdges, listStable } from './exhaustive.ts'

const SEED = 20260731

t.test('1,000 random rounds have no blocking pair and break no quota', async t => {
  let pairs = 0
  fc.assert(
    fc.property(arbitraryRound(14), problem => {
      const { pairs: found } = allocate(problem)
      const proof = checkRound(problem, found)
      pairs += found.length
      return isProven(proof)
    }),
    { seed: SEED, numRuns: 1_000 },
  )
  t.ok(pairs > 2_000, `${pairs} pairs were made`)
})

t.test('a small round gets the one stable result that all enumeration finds best for the scenarios', async t => {
  let several = 0
  fc.assert(
    fc.property(
      arbitraryRound(4).filter(problem => listEdges(problem).length <= 8),
      problem => {
        const stable = listStable(problem)
        const edges = listEdges(problem)
        const isForced = ([s, v]: Pair) => problem.forced.some(([a, b]) => a === s && b === v)
        const { pairs } = allocate(problem)
        const found = edges.filter(edge => pairs.some(([s, v]) => s === edge.scenario && v === edge.vendor))
        if (stable.length > 1) several++
        return (
          found.length + pairs.filter(isForced).length === pairs.length &&
          stable.some(result => isSame(result, found)) &&
          stable.every(result => isAsGoodForScenarios(problem, found, result) && result.length === found.length)
        )
      },
    ),
    { seed: SEED, numRuns: 1_500 },
  )
  t.ok(several > 5, `${several} of them had more than one stable result`)
})

t.test('the checker calls stable exactly what enumeration calls stable', async () => {
  const isStableByCheck = (problem: RoundProblem, result: { scenario: number; vendor: number }[]) =>
    isProven(checkRound(problem, [...result.map((edge): Pair => [edge.scenario, edge.vendor]), ...problem.forced]))
  fc.assert(
    fc.property(
      arbitraryRound(3).filter(problem => listEdges(problem).length <= 6),
      fc.nat(63),
      (problem, mask) => {
        const result = listEdges(problem).filter((_, i) => (mask >> i) & 1)
        const isStable = listStable(problem).some(stable => isSame(stable, result))
        return isStableByCheck(problem, result) === isStable
      },
    ),
    { seed: SEED, numRuns: 600 },
  )
})

const plain = (more: Partial<RoundProblem> = {}): RoundProblem => ({
  scenarios: {
    capacities: [1, 1, 1],
    lists: [
      [0, 1],
      [0, 1],
      [0, 1],
    ],
    limits: [],
  },
  vendors: {
    capacities: [2, 2],
    lists: [
      [0, 1, 2],
      [0, 1, 2],
    ],
    limits: [],
  },
  forced: [],
  forbidden: [],
  ...more,
})

t.test('a reserved seat goes to the group while it has takers, and to others once it has none', async t => {
  const reserving = (lists: number[][]) =>
    plain({
      scenarios: { capacities: [1, 1, 1], lists, limits: [] },
      vendors: {
        capacities: [2, 2],
        lists: [[0, 1, 2], []],
        limits: [{ name: 'small manufacturers', agents: [0], others: [2], seatsReserved: 1 }],
      },
    })
  t.same(
    allocate(reserving([[0], [0], [0]])).pairs,
    [
      [0, 0],
      [2, 0],
    ],
    'the last in the list takes the reserved seat',
  )
  t.same(
    allocate(reserving([[0], [0], []])).pairs,
    [
      [0, 0],
      [1, 0],
    ],
    'nobody of the group asks: the seat is not lost',
  )
})

t.test('forced pairs take their seats out first, forbidden ones never appear', async t => {
  const { pairs } = allocate(plain({ forced: [[2, 0]], forbidden: [[0, 0]] }))
  t.same(pairs, [
    [0, 1],
    [1, 0],
    [2, 0],
  ])
})

t.test('a round that cannot be is refused with the place of the fault', async t => {
  const crossing = plain({
    vendors: {
      capacities: [2, 2, 2],
      lists: [[0], [0], [0]],
      limits: [
        { name: 'local', agents: [0, 1], seatsMax: 2 },
        { name: 'vision', agents: [1, 2], seatsMax: 2 },
      ],
    },
  })
  t.match(findFaults(crossing), [{ pointer: '/vendors/limits/1', detail: { en: /overlaps “local”/ } }])
  t.match(
    findFaults(
      plain({
        forced: [
          [0, 0],
          [0, 1],
        ],
      }),
    ),
    [{ pointer: '/scenarios/capacities/0' }],
  )
  t.match(findFaults(plain({ forced: [[0, 0]], forbidden: [[0, 0]] })), [{ pointer: '/forced/0' }])
})

t.test('advice names the seat that would serve one scenario more, and what it would bring', async t => {
  const short = plain({
    scenarios: { capacities: [1, 1, 1], lists: [[0], [0], [0]], limits: [] },
    vendors: {
      capacities: [2, 2],
      lists: [[0, 1, 2], []],
      limits: [{ name: 'local vendors', agents: [0, 1], seatsMax: 3 }],
    },
  })
  const { pairs } = allocate(short)
  t.same(adviseSlots(short, pairs), [
    { where: { side: 'vendors', agent: 0 }, waiting: 1, pairsAdded: 1, scenariosServed: 1, vendorsServed: 0 },
  ])
  const served = plain({
    forbidden: [
      [0, 1],
      [1, 1],
      [2, 0],
    ],
  })
  t.same(adviseSlots(served, allocate(served).pairs), [], 'where everybody has what he wants, there is nothing to add')
})
