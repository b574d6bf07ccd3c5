import t from 'tap'
import type { Tier } from '../../src/engine/types.ts'
import { announcedProblems } from '../../src/matching/problems.ts'
import { loadLexicon } from '../../src/platform/lexicon.ts'

const lexicon = loadLexicon()
const scenario = (title: string, summary: string, summaryTier: Tier = 'public') => ({
  input: { title, summary },
  fieldTiers: { title: 'public' as const, summary: summaryTier },
})

t.test('a scenario is announced under what was picked, whatever its text says', async t => {
  t.same(announcedProblems(lexicon, ['pb.energy-opt'], scenario('缺陷检测', '')), ['pb.energy-opt'])
})

t.test('where nothing was picked, it is announced under what its public text names', async t => {
  t.ok(announcedProblems(lexicon, [], scenario('外壳缺陷检测', '')).includes('pb.defect-inspection'))
  t.ok(announcedProblems(lexicon, [], scenario('外壳', '想做缺陷检测')).includes('pb.defect-inspection'))
})

t.test('a summary that was moved to a higher tier names nothing', async t => {
  t.same(announcedProblems(lexicon, [], scenario('外壳', '想做缺陷检测', 'shared')), [])
})
