import fc from 'fast-check'
import t from 'tap'
import { createProvince } from '../../bench/province/province.ts'
import { denseLikeness, type Embedding, fuseText } from '../../src/engine/embedding.ts'
import { createEngine, type Engine } from '../../src/engine/index.ts'
import { runs } from './arbitrary.ts'
import { lexicon } from './lexicon.ts'

const ALL = { audiences: ['park-1', 'park-2', 'park-3', 'park-4', 'network'] }
const province = createProvince(lexicon, 7)

/** A unit vector that a number stands for, so that equal numbers are equally alike. */
function embed(number: number, model = 'test-model', size = 16): Embedding {
  const values = Float32Array.from({ length: size }, (_, i) => 0.5 + Math.sin((number + 1) * (i + 1) * 12.9898))
  const norm = Math.hypot(...values)
  return { model, vector: values.map(value => value / norm) }
}

function fill(count: number, embedding: (number: number) => Embedding | undefined): Engine {
  const engine = createEngine({ lexicon })
  for (let number = 0; number < count; number++)
    engine.index.put({ ...province.capability(number), embedding: embedding(number) })
  return engine
}

const unit = fc.double({ min: 0, max: 1, noNaN: true })

t.test('vectors only add, by a bounded share of what the words leave open', async () => {
  fc.assert(
    fc.property(unit, unit, unit, (lexical, likeness, other) => {
      const fused = fuseText(lexical, likeness)
      const [less, more] = [Math.min(likeness, other), Math.max(likeness, other)]
      return (
        fused >= lexical &&
        fused <= Math.min(1, lexical + 0.3) + 1e-12 &&
        fuseText(lexical, less) <= fuseText(lexical, more) &&
        fuseText(lexical, 0) === lexical
      )
    }),
    runs(300),
  )
})

t.test('likeness runs from 0 to 1, and a vector is most like itself', async t => {
  for (let number = 0; number < 20; number++) {
    const { vector } = embed(number)
    t.equal(denseLikeness(vector, vector), 1)
    const value = denseLikeness(vector, embed(number + 1).vector)
    t.ok(value >= 0 && value <= 1)
  }
})

t.test('with vectors the list is still the one that scoring every pair would give, and adds up', async t => {
  const engine = fill(250, embed)
  let moved = 0
  for (let number = 0; number < 15; number++) {
    const scenario = province.scenario(number)
    const options = { ...ALL, embedding: embed(number) }
    const { versions, matches } = engine.rank(scenario, { ...options, limit: 25 })
    t.equal(versions.embedding, 'test-model+dense-1')
    const totals = [...engine.scoreAll(scenario, options)].filter(([, total]) => total > 0)
    t.same(
      matches.map(match => [match.capabilityId, match.total]),
      totals.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 25),
    )
    const plain = engine.scoreAll(scenario, ALL)
    for (const { capabilityId, total, factory, vendor } of matches) {
      for (const { score, parts } of [factory, vendor])
        t.equal(
          parts.reduce((sum, part) => sum + part.contribution, 0),
          score,
        )
      const before = plain.get(capabilityId) ?? 0
      t.ok(total >= before)
      if (total > before) moved++
    }
  }
  t.ok(moved > 0, 'the vectors reach the totals')
})

t.test('without a vector on either side every byte is as it was', async t => {
  const plain = fill(150, () => undefined)
  const withVectors = fill(150, embed)
  for (let number = 0; number < 8; number++) {
    const scenario = province.scenario(number)
    const expected = JSON.stringify(plain.rank(scenario, ALL))
    t.equal(JSON.stringify(withVectors.rank(scenario, ALL)), expected)
    t.equal(JSON.stringify(plain.rank(scenario, { ...ALL, embedding: embed(1) })), expected)
    t.notMatch(expected, /embedding/)
  }
})

t.test('all supplies are compared by vectors or none, so that no two are ranked by different measures', async t => {
  const engine = fill(60, number => (number === 7 ? undefined : embed(number)))
  const options = { ...ALL, embedding: embed(3) }
  const versionOf = () => engine.rank(province.scenario(1), options).versions.embedding
  t.equal(versionOf(), undefined, 'one is missing')
  engine.index.put({ ...province.capability(7), embedding: embed(7, 'other-model') })
  t.equal(versionOf(), undefined, 'one is of another model')
  engine.index.put({ ...province.capability(7), embedding: embed(7, 'test-model', 8) })
  t.equal(versionOf(), undefined, 'one is of another length')
  engine.index.put({ ...province.capability(7), embedding: embed(7) })
  t.ok(versionOf())
  engine.index.put(province.capability(60))
  t.equal(versionOf(), undefined)
  engine.index.remove(province.capability(60).id)
  t.ok(versionOf())
})

t.test('the words of a text share only what they brought, the rest is the vectors', async t => {
  const engine = fill(40, embed)
  const scenario = province.scenario(2)
  const points = (embedding?: Embedding) =>
    new Map(
      engine.rank(scenario, { ...ALL, embedding }).matches.map(match => {
        const part = match.factory.parts.find(({ name }) => name === 'text')
        return [match.capabilityId, (part?.evidence ?? []).reduce((sum, piece) => sum + piece.points, 0)]
      }),
    )
  const [plain, dense] = [points(), points(embed(2))]
  t.ok([...dense].every(([id, sum]) => sum <= (plain.get(id) ?? 0)))
  t.ok([...dense].some(([id, sum]) => sum < (plain.get(id) ?? 0)))
})

t.test('the reverse look-up misses no list that vectors let a capability enter', async t => {
  const engine = fill(120, embed)
  const input = province.scenario(4)
  const options = { ...ALL, embedding: embed(4), limit: 10 }
  const entry = engine.rank(input, options).matches.at(-1)?.total ?? 0
  engine.scenarios.put({ id: input.id, organisationId: 'f', audiences: ALL.audiences, input, entry })
  for (const { capabilityId } of engine.rank(input, options).matches)
    t.same(engine.affectedScenarios(capabilityId), [input.id])
})
