import t from 'tap'
import type { Explanation } from '../../src/matching/explanation.ts'
import { matches, matchExplanations, nearMisses } from '../../src/matching/tables.ts'
import { transaction } from '../../src/platform/db.ts'
import { newId } from '../../src/platform/ids.ts'
import { makeCast } from '../flows/cast.ts'
import { build, createTestClock, makeOrganisation } from '../helper.ts'

const WORKER = { kind: 'worker' } as const
const DAY_MS = 86_400_000

const explanation = (more: Partial<Explanation>): Explanation => ({
  versions: { engine: '1', lexicon: '1', weights: '1' },
  total: 6_000,
  factory: {
    score: 6_000,
    parts: [
      {
        name: 'problem',
        weight: 3_000,
        value: 1,
        contribution: 3_000,
        evidence: [{ concept: 'pb.defect-inspection', scenario: [], capability: [], points: 1_000 }],
      },
    ],
  },
  vendor: { score: 6_000, parts: [] },
  gates: [],
  gaps: [],
  counterfactuals: [],
  hidden: 0,
  ...more,
})
const LABELS = { change: 'labelSamples', params: { amount: 500 }, delta: 1_400, by: 'park' as const }

t.test('the report of one scenario or capability', async t => {
  const clock = createTestClock()
  const { app, deps } = await build(t, { clock })
  const cast = await makeCast(deps, app)
  const { park, factory, vendor } = cast
  const scenario = await cast.publishScenario()
  const capability = await cast.publishCapability()
  const barred = await cast.publishCapability({ title: '云端检测' })
  const id = newId(deps, 'match')
  await transaction(deps, WORKER, async tx => {
    const now = clock.now()
    await tx.insert(matches).values({
      id,
      scenarioId: scenario.id,
      capabilityId: capability.id,
      parkId: park.id,
      factoryId: factory.id,
      vendorId: vendor.id,
      state: 'proposed',
      rank: 1,
      total: 6_000,
      factoryScore: 6_000,
      vendorScore: 6_000,
      version: 1,
      createdAt: now,
      updatedAt: now,
      stateSince: now,
    })
    const readers = [
      { reader: 'factory' as const, organisationId: factory.id },
      { reader: 'vendor' as const, organisationId: vendor.id },
    ]
    for (const reader of readers) {
      const gaps = [
        {
          requirement: 0,
          level: 'required',
          field: 'labels',
          verdict: 'missing',
          need: 500,
          have: 0,
          fix: 'label',
        },
      ] as Explanation['gaps']
      const body = explanation({ gaps, counterfactuals: [LABELS] })
      await tx.insert(matchExplanations).values({ matchId: id, ...reader, body, writtenAt: now })
      const gate = {
        rule: 'deployment',
        source: 'must-have',
        liftedBy: ['factory'],
        scenarioField: '/constraints',
        need: 'dp.edge',
        have: 'dp.cloud',
      }
      await tx.insert(nearMisses).values({
        scenarioId: scenario.id,
        capabilityId: barred.id,
        ...reader,
        total: 5_500,
        body: explanation({ gates: [gate] as Explanation['gates'] }),
        writtenAt: now,
      })
    }
  })
  await cast.call(vendor.key, 'POST', `/matches/${id}/transitions`, { action: 'express_interest' })
  clock.advance(15 * DAY_MS)
  const read = (key: string, path: string, language = 'en') =>
    cast.call(key, 'GET', `${path}/report`, undefined, { 'accept-language': language })

  t.test('says why, why not, what would change it, what is stuck and who acts next', async t => {
    const report = await read(factory.key, `/scenarios/${scenario.id}`)
    const [pair] = report.pairs
    t.match(pair, { matchId: id, state: 'interest', side: 'factory', total: 6_000 })
    t.ok(pair.why.length > 0, 'what speaks for it')
    t.match(pair.whyNot.join(), 'Data gap')
    t.match(report.nearMisses, [
      {
        capabilityId: barred.id,
        title: '云端检测',
        total: 5_500,
        rules: [{ rule: 'deployment', liftedBy: ['factory'] }],
      },
    ])
    t.match(report.nearMisses[0].whyNot[0], 'Impossible')
    t.match(report.changes, [{ gain: 1_400, matchIds: [id] }])
    t.match(report.stuck, [{ matchId: id, state: 'interest', days: 15, waitingFor: ['factory'], isOverdue: true }])
  })

  t.test('reads the same from the other end, in the language that is asked for', async t => {
    const report = await read(vendor.key, `/capabilities/${capability.id}`, 'zh')
    t.match(report.pairs, [{ matchId: id, side: 'vendor' }])
    t.match(report.pairs[0].whyNot.join(), '数据缺口')
    const missed = await read(vendor.key, `/capabilities/${barred.id}`, 'zh')
    t.match(missed.nearMisses[0].whyNot[0], '不可行')
  })

  t.test('shows a stranger no pair', async t => {
    const stranger = await makeOrganisation(deps, 'vendor', [park.id])
    const report = await read(stranger.key, `/scenarios/${scenario.id}`)
    t.same([report.pairs, report.nearMisses, report.changes, report.stuck], [[], [], [], []])
  })
})
