import fc from 'fast-check'
import t from 'tap'
import { type Placed, planAnnouncements, type Standing, verdictsOf } from '../../src/matching/announce.ts'
import { isTouched, MATCH_STATES } from '../../src/matching/rules.ts'
import { makeScore } from './fixtures.ts'

const park = { matchThreshold: 4500, shortlistMax: 10 }
const AT = new Date('2026-11-02T08:00:00Z')
const standing = (capabilityId: string, more: Partial<Standing> = {}): Standing => ({
  id: `mat_${capabilityId}`,
  capabilityId,
  vendorId: 'org_v',
  state: 'proposed',
  rank: 1,
  factoryInterestAt: null,
  vendorInterestAt: null,
  factoryAcceptedAt: null,
  vendorAcceptedAt: null,
  announcedAt: null,
  announcedTotal: null,
  announcedVerdicts: null,
  ...more,
})
const announced = (capabilityId: string, total: number, more: Partial<Standing> = {}) =>
  standing(capabilityId, {
    announcedAt: AT,
    announcedTotal: total,
    announcedVerdicts: verdictsOf(makeScore(total)),
    ...more,
  })
const placed = (capabilityId: string, rank: number, total: number): Placed => ({
  capabilityId,
  rank,
  score: makeScore(total),
})
const announcements = (standings: Standing[], ranking: Placed[]) =>
  planAnnouncements(standings, ranking, park).writes.map(write => write.announce)

t.test(
  'a pair is announced when it enters the shortlist at or above the threshold, and stored in any case',
  async t => {
    t.same(announcements([], [placed('a', 1, 4500), placed('b', 2, 4499), placed('c', 11, 9000)]), [
      'created',
      undefined,
      undefined,
    ])
  },
)

t.test('an announced pair is updated by 200 points or more, and not by less', async t => {
  t.same(announcements([announced('a', 5000)], [placed('a', 1, 5200)]), ['updated'])
  t.same(announcements([announced('a', 5000)], [placed('a', 1, 5199)]), [undefined])
})

t.test('a changed verdict is news even where the total stands still', async t => {
  const gap = { requirement: 0, level: 'required', field: 'labels', verdict: 'missing', need: 500, have: 0 } as const
  const ranking = [{ capabilityId: 'a', rank: 1, score: makeScore(5000, { gaps: [gap] }) }]
  t.same(announcements([announced('a', 5000)], ranking), ['updated'])
})

t.test('a pair that comes back from retracted is announced as updated, never as created', async t => {
  const plan = planAnnouncements(
    [announced('a', 5000, { state: 'retracted', rank: null })],
    [placed('a', 1, 5000)],
    park,
  )
  t.same(
    plan.writes.map(write => [write.state, write.announce]),
    [['proposed', 'updated']],
  )
})

t.test('a pair that fell out is retracted only while nobody touched it', async t => {
  const plan = planAnnouncements([announced('a', 5000), announced('b', 5000, { state: 'interest' })], [], park)
  t.same(
    plan.retractions.map(({ standing: { capabilityId }, state, announced: told }) => [capabilityId, state, told]),
    [
      ['a', 'retracted', true],
      ['b', 'interest', false],
    ],
  )
})

t.test('planning again after writing plans nothing new', async t => {
  const pair = fc.record({
    capabilityId: fc.stringMatching(/^[a-f]$/),
    total: fc.integer({ min: 0, max: 10_000 }),
    state: fc.constantFrom(...MATCH_STATES),
  })
  fc.assert(
    fc.property(
      fc.uniqueArray(pair, { selector: item => item.capabilityId }),
      fc.uniqueArray(pair, { selector: item => item.capabilityId }),
      (before, after) => {
        const standings = before.map((item, i) =>
          announced(item.capabilityId, item.total, { state: item.state, rank: i + 1 }),
        )
        const ranking = after
          .sort((a, b) => b.total - a.total)
          .map((item, i) => placed(item.capabilityId, i + 1, item.total))
        const first = planAnnouncements(standings, ranking, park)
        const written = first.writes.map(write => {
          const known = write.standing ?? standing(write.placed.capabilityId)
          const told = write.announce
            ? {
                announcedAt: AT,
                announcedTotal: write.placed.score.total,
                announcedVerdicts: verdictsOf(write.placed.score),
              }
            : {}
          return { ...known, state: write.state, rank: write.placed.rank, ...told }
        })
        const fallen = first.retractions.map(({ standing: known, state }) => ({ ...known, state, rank: null }))
        const second = planAnnouncements([...written, ...fallen], ranking, park)
        t.same(
          second.writes.filter(write => write.announce),
          [],
        )
        t.same(second.retractions, [])
        for (const write of first.writes)
          if (write.standing && isTouched(write.standing.state)) t.equal(write.state, write.standing.state)
      },
    ),
    { seed: 7, numRuns: 200 },
  )
})
