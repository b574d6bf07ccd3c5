import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { ID_PREFIXES, type IdKind, idPattern, newId } from '../../src/platform/ids.ts'

const KINDS = Object.keys(ID_PREFIXES) as IdKind[]
const idAt = (ms: number, kind: IdKind = 'match') =>
  newId({ clock: { now: () => new Date(ms) }, random: randomBytes }, kind)
const moment = fc.integer({ min: 0, max: 8.64e15 / 2 })

t.test('an earlier id sorts before a later one', async t => {
  const holds = fc.property(moment, fc.integer({ min: 1, max: 1e12 }), (ms, laterMs) => idAt(ms) < idAt(ms + laterMs))
  fc.assert(holds, { seed: 7, numRuns: 500 })
  t.pass('held for 500 pairs')
})

t.test('an id fits the pattern of its kind and of no other', async t => {
  t.equal(new Set(Object.values(ID_PREFIXES)).size, KINDS.length, 'prefixes differ')
  const holds = fc.property(moment, fc.constantFrom(...KINDS), (ms, kind) => {
    const id = idAt(ms, kind)
    return KINDS.every(other => idPattern(other).test(id) === (other === kind))
  })
  fc.assert(holds, { seed: 7, numRuns: 200 })
  t.pass('held for 200 ids')
})

t.test('ids of the same moment differ', async t => {
  const ids = Array.from({ length: 10_000 }, () => idAt(1_790_000_000_000))
  t.equal(new Set(ids).size, ids.length)
})
