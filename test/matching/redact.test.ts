import t from 'tap'
import type { Span, Tier } from '../../src/engine/types.ts'
import { restoreEvidence } from '../../src/matching/explanation.ts'
import { redact, type Stage } from '../../src/matching/redact.ts'
import { READERS, type Reader } from '../../src/matching/tables.ts'
import { makeScore } from './fixtures.ts'

const versions = { engine: '1', lexicon: '1', weights: '1' }
const tiers = {
  scenario: (pointer: string): Tier =>
    pointer.startsWith('/details')
      ? 'sealed'
      : pointer.startsWith('/datasets') || pointer.startsWith('/budget')
        ? 'shared'
        : 'public',
  capability: (pointer: string): Tier =>
    pointer.startsWith('/details') ? 'sealed' : pointer.startsWith('/price') ? 'shared' : 'public',
}
const span = (field: string, surface: string): Span => ({ field, surface })

/** One canary in each tier of each side; none may reach a reader who may not see it. */
const score = makeScore(
  6000,
  {
    gates: [
      {
        rule: 'budget',
        source: 'own',
        liftedBy: ['factory'],
        scenarioField: '/budget',
        capabilityField: '/price',
        need: 'S-SHARED-GATE',
        have: 'C-SHARED-GATE',
      },
    ],
    gaps: [
      {
        requirement: 0,
        dataset: 0,
        level: 'required',
        field: 'labels',
        verdict: 'missing',
        need: 'C-PUBLIC-NEED',
        have: 'S-SHARED-HAVE',
      },
      {
        requirement: 0,
        dataset: 0,
        level: 'useful',
        field: 'volume',
        verdict: 'missing',
        need: 'C-PUBLIC-NEED',
        have: 'S-SEALED-FIGURE',
        haveField: '/details',
      },
    ],
    counterfactuals: [
      { change: 'lowerMinimum', params: { field: 'labels', to: 'S-SHARED-PARAM' }, delta: 500, by: 'vendor' },
    ],
  },
  [
    {
      concept: 'S-SEALED-CONCEPT',
      scenario: [span('/details', 'S-SEALED-SPAN')],
      capability: [span('/summary', 'C-PUBLIC-MET-BY-SEALED')],
      points: 5000,
    },
    {
      concept: 'OPEN',
      scenario: [span('/summary', 'S-PUBLIC-SPAN'), span('/details', 'S-SEALED-SECOND')],
      capability: [span('/details', 'C-SEALED-SECOND'), span('/summary', 'C-PUBLIC-SPAN')],
      points: 5000,
    },
  ],
)

const sees: Record<Reader, Record<Stage, { hidden: string[]; shown: string[] }>> = {
  factory: {
    0: {
      hidden: ['C-SHARED', 'C-SEALED', 'S-SHARED-PARAM'],
      shown: ['S-SEALED-SPAN', 'S-SHARED-HAVE', 'S-SHARED-GATE', 'C-PUBLIC-SPAN'],
    },
    1: { hidden: ['C-SEALED'], shown: ['C-SHARED-GATE', 'S-SHARED-PARAM'] },
    2: { hidden: [], shown: ['C-SEALED-SECOND'] },
  },
  vendor: {
    0: {
      hidden: ['S-SHARED', 'S-SEALED', 'C-PUBLIC-MET-BY-SEALED'],
      shown: ['C-SEALED-SECOND', 'S-PUBLIC-SPAN', 'C-PUBLIC-NEED'],
    },
    // One of the figures was read in a sealed text, so no change may name its figures here.
    1: { hidden: ['S-SEALED', 'C-PUBLIC-MET-BY-SEALED', 'S-SHARED-PARAM'], shown: ['S-SHARED-HAVE', 'S-SHARED-GATE'] },
    2: { hidden: [], shown: ['S-SEALED-SPAN', 'C-PUBLIC-MET-BY-SEALED'] },
  },
  park: {
    0: { hidden: ['S-SEALED', 'C-SEALED', 'C-PUBLIC-MET-BY-SEALED'], shown: ['S-SHARED-HAVE', 'C-SHARED-GATE'] },
    1: { hidden: ['S-SEALED', 'C-SEALED'], shown: ['S-SHARED-HAVE'] },
    2: { hidden: ['S-SEALED', 'C-SEALED'], shown: ['S-SHARED-HAVE'] },
  },
}

for (const reader of READERS)
  for (const stage of [0, 1, 2] as const)
    t.test(`the ${reader} at stage ${stage} reads no canary of a tier above his`, async t => {
      const explanation = redact(score, versions, tiers, reader, stage)
      const text = JSON.stringify(explanation)
      for (const canary of sees[reader][stage].hidden) t.notMatch(text, canary, canary)
      for (const canary of sees[reader][stage].shown) t.match(text, canary, canary)
      t.equal(explanation.hidden > 0, sees[reader][stage].hidden.length > 0, 'says whether something is hidden')
    })

t.test('a change names its figures to whoever may see every field that they can come from', async t => {
  const open = { ...score, gaps: score.gaps.slice(0, 1) }
  const shows = (reader: Reader, stage: Stage, moved = tiers) =>
    JSON.stringify(redact(open, versions, moved, reader, stage)).includes('S-SHARED-PARAM')
  t.ok(shows('vendor', 1))
  t.ok(shows('park', 0))
  const sealed: typeof tiers = { ...tiers, scenario: pointer => (pointer === '/datasets' ? 'sealed' : 'public') }
  t.notOk(shows('park', 2, sealed), 'not where its owner moved the data up')
  t.notOk(shows('vendor', 1, sealed))
  t.ok(shows('vendor', 2, sealed))
})

t.test('contributions still add up to the score for every reader', async t => {
  for (const reader of READERS) {
    const { factory } = redact(score, versions, tiers, reader, 0)
    t.equal(
      factory.parts.reduce((sum, part) => sum + part.contribution, 0),
      factory.score,
    )
  }
})

t.test('what would change the score keeps the attribute that it is about, never its value', async t => {
  const [change] = redact(score, versions, tiers, 'vendor', 0).counterfactuals
  t.same(change?.params, { field: 'labels' })
  const odd = [{ change: 'confirmData', params: { field: 'S-SHARED-PARAM' }, delta: 1, by: 'factory' as const }]
  t.same(redact({ ...score, counterfactuals: odd }, versions, tiers, 'vendor', 0).counterfactuals[0]?.params, {})
})

t.test('evidence is stored once, and answered in both directions', async t => {
  const stored = redact(score, versions, tiers, 'park', 0)
  t.notOk(stored.vendor.parts.some(part => 'evidence' in part))
  const answered = restoreEvidence(stored)
  t.same(
    answered.vendor.parts.map(part => part.evidence),
    answered.factory.parts.map(part => part.evidence),
  )
  t.ok(answered.vendor.parts.some(part => part.evidence.length > 0))
})
