import fc from 'fast-check'
import t from 'tap'
import { assignFacets } from '../../src/consortia/assign.ts'
import { buildTeam, type Solve } from '../../src/consortia/build.ts'
import { buildGreedily, greedyBound } from '../../src/consortia/greedy.ts'
import { solveWithHighs } from '../../src/consortia/highs.ts'
import { createSolver } from '../../src/consortia/solver.ts'
import { burdenOf, findTeamFaults, type TeamProblem } from '../../src/consortia/team.ts'
import { arbitraryTeamProblem } from './arbitrary.ts'
import { listTeams } from './exhaustive.ts'

const SEED = 20260731
const solveHere: Solve = model => solveWithHighs(model, 10_000)

t.test('the builder finds what enumeration finds best, and the three next best, on 500 random cases', async t => {
  let alternatives = 0
  await fc.assert(
    fc.asyncProperty(
      arbitraryTeamProblem({ candidatesMax: 6, facetsMax: 4 }).filter(problem => findTeamFaults(problem).length === 0),
      async problem => {
        const [best, ...others] = listTeams(problem)
        const proposal = await buildTeam(problem, solveHere)
        alternatives += proposal.alternatives.length
        const end = others.findIndex(team => team.members.length === 0)
        const next = others.slice(0, Math.min(3, end < 0 ? 3 : end))
        t.equal(proposal.method, 'exact')
        t.equal(proposal.team.burden, best?.burden)
        t.equal(burdenOf(problem, proposal.team.members, proposal.team.assignments), proposal.team.burden)
        t.same(
          proposal.alternatives.map(({ burden }) => burden),
          next.map(({ burden }) => burden),
        )
      },
    ),
    { seed: SEED, numRuns: 500 },
  )
  t.ok(alternatives > 500, `${alternatives} alternatives were compared`)
})

t.test(
  'greedy stays within H(n) of the best where nothing binds, and its reported bound is never above the best',
  async () => {
    fc.assert(
      fc.property(arbitraryTeamProblem({ candidatesMax: 6, facetsMax: 5, isPlain: true }), problem => {
        const best = listTeams(problem)[0]?.burden ?? 0
        return buildGreedily(problem).burden <= greedyBound(problem) * best + 1e-6
      }),
      { seed: SEED, numRuns: 500 },
    )
    // A solver that is out of time for whole numbers, so that greedy answers.
    const relaxedOnly: Solve = async model => (model.includes('Binary') ? undefined : solveHere(model))
    await fc.assert(
      fc.asyncProperty(
        arbitraryTeamProblem({ candidatesMax: 6, facetsMax: 4 }).filter(
          problem => findTeamFaults(problem).length === 0,
        ),
        async problem => {
          const best = listTeams(problem)[0]?.burden ?? 0
          const { team, method, lowerBound, gap } = await buildTeam(problem, relaxedOnly)
          return (
            method === 'greedy' &&
            lowerBound <= best &&
            best <= team.burden &&
            gap === (team.burden === 0 ? 0 : Math.ceil(((team.burden - lowerBound) * 10_000) / team.burden)) &&
            listTeams(problem).some(({ members }) => members.join() === team.members.join())
          )
        },
      ),
      { seed: SEED, numRuns: 150 },
    )
  },
)

t.test('facets are shared out among a fixed team as enumeration shares them', async () => {
  fc.assert(
    fc.property(arbitraryTeamProblem({ candidatesMax: 4, facetsMax: 5 }), problem => {
      const members = problem.candidates.map(({ id }) => id)
      const everybody = { ...problem, required: members, membersMax: members.length, exclusions: [] }
      return burdenOf(problem, members, assignFacets(problem, members)) === listTeams(everybody)[0]?.burden
    }),
    { seed: SEED, numRuns: 300 },
  )
})

/** The qualities of a made-up candidate: every fourth facet. */
const offer = (c: number) =>
  Array.from({ length: 12 }, (_, f): [string, number] => [`f${f}`, (c * 7919 + f * 104_729) % 10_001]).filter(
    ([, quality], f) => (c + f) % 4 === 0 && quality > 500,
  )

/** Forty candidates and twelve facets, as large as an exact question may be. */
const large = (candidates: number): TeamProblem => ({
  facets: Array.from({ length: 12 }, (_, f) => ({ id: `f${f}`, weight: 1 + (f % 3) })),
  candidates: Array.from({ length: candidates }, (_, c) => ({
    id: `c${c}`,
    quality: Object.fromEntries(offer(c)),
    costYuan: ((c * 6_007) % 97) * 10_000,
    capacity: 1 + (c % 3),
  })),
  membersMax: 10,
  required: ['c0'],
  exclusions: [
    ['c0', 'c4'],
    ['c8', 'c12'],
    ['c1', 'c5'],
  ],
  collaborations: [
    { pair: ['c0', 'c1'], savedPoints: 900 },
    { pair: ['c2', 'c3'], savedPoints: 1_200 },
  ],
})

t.test(
  'forty candidates and twelve facets are solved exactly in a thread, and more of them greedily with a gap',
  async t => {
    const solve = createSolver({ timeLimitMs: 20_000 })
    const exact = await buildTeam(large(40), solve)
    t.equal(exact.method, 'exact')
    t.equal(exact.gap, 0)
    t.equal(exact.alternatives.length, 3)
    t.ok(exact.alternatives.every(team => team.burden >= exact.team.burden))
    const more = await buildTeam(large(200), solve)
    t.equal(more.method, 'greedy')
    t.ok(more.lowerBound > 0 && more.lowerBound <= more.team.burden)
  },
)

t.test('says what each member brings, and which facets nobody can take', async t => {
  const problem: TeamProblem = {
    facets: ['vision', 'gripper', 'fund'].map(id => ({ id, weight: 1 })),
    candidates: [
      { id: 'eye', quality: { vision: 9_000 }, costYuan: 300_000, capacity: 1 },
      { id: 'hand', quality: { gripper: 8_000, vision: 4_000 }, costYuan: 500_000, capacity: 2 },
      { id: 'factory', quality: {}, costYuan: 0, capacity: 0 },
    ],
    membersMax: 5,
    required: ['factory'],
    exclusions: [],
    collaborations: [],
  }
  const { team, contributions } = await buildTeam(problem, solveHere)
  t.same(team.uncovered, ['fund'])
  t.same(team.members, ['eye', 'factory', 'hand'])
  t.match(contributions, [
    { member: 'eye', points: 6_000 - 1_000 - 3_000 - 1_500, onlyOne: [] },
    { member: 'factory', points: -1_500, onlyOne: [] },
    { member: 'hand', onlyOne: ['gripper'] },
  ])
})
