import { readFileSync } from 'node:fs'
import t from 'tap'
import { resolveDataset, resolveRequirement } from '../../src/engine/features/resolved.ts'
import { type Judgement } from '../../src/engine/interface/judgement.ts'
import type { InterfaceContext } from '../../src/engine/interface/permission.ts'
import { serveRequirements } from '../../src/engine/interface.ts'
import type { DataRequirement, Dataset } from '../../src/engine/types.ts'
import { lexicon } from './lexicon.ts'

type Pair = {
  id: string
  dataset: Dataset | null
  requirement: DataRequirement
  context: InterfaceContext
  expected: Record<string, string>
}
const pairs: Pair[] = JSON.parse(readFileSync(new URL('./interface-pairs.json', import.meta.url), 'utf8'))

const nameOf = ({ verdict, fix }: Judgement) => (verdict === 'ok' ? verdict : `${verdict}/${fix}`)

t.test('every hand-judged pair of dataset and requirement gets the verdicts that a person gave it', async t => {
  t.ok(pairs.length >= 60, `${pairs.length} pairs`)
  for (const { id, dataset, requirement, context, expected } of pairs) {
    const held = dataset === null ? [] : [resolveDataset(lexicon, dataset)]
    const [service] = serveRequirements(lexicon, held, [resolveRequirement(lexicon, requirement)], context)
    const found = Object.fromEntries((service?.judgements ?? []).map(row => [row.field, nameOf(row)]))
    t.same(found, expected, id)
  }
})
