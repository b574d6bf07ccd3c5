import fc from 'fast-check'
import t from 'tap'
import { listChanges } from '../../src/engine/counterfactuals.ts'
import { type ConceptBag, PICKED } from '../../src/engine/features/concepts.ts'
import {
  type CapabilityFeatures,
  capabilityFeatures,
  type ScenarioFeatures,
  scenarioFeatures,
} from '../../src/engine/features.ts'
import { Balance } from '../../src/engine/parts/balance.ts'
import { planConcepts } from '../../src/engine/parts/concepts.ts'
import { PART_WEIGHTS } from '../../src/engine/parts/weights.ts'
import { problemValue, serve, techniqueValue } from '../../src/engine/parts.ts'
import { boundTotal, partValues, scorePair, totalOf } from '../../src/engine/score.ts'
import { type CapabilityInput, PART_NAMES, type ScenarioInput, type Score } from '../../src/engine/types.ts'
import { arbitraryCapability, arbitraryScenario, arbitraryText, meetRequirement, runs } from './arbitrary.ts'
import { lexicon } from './lexicon.ts'

const NO_TEXT = { value: 0.4, evidence: [] }
const score = (scenario: ScenarioInput, capability: CapabilityInput, text = NO_TEXT) =>
  scorePair(scenarioFeatures(lexicon, scenario), capabilityFeatures(lexicon, capability), text)
const partOf = (found: Score, name: string) => found.factory.parts.find(part => part.name === name)?.value ?? 0

t.test('weights of each direction sum to 10,000', async t => {
  for (const direction of ['factory', 'vendor'] as const) {
    const sum = PART_NAMES.reduce((total, name) => total + PART_WEIGHTS[direction][name], 0)
    t.equal(sum, 10_000, direction)
  }
})

t.test('contributions sum to each direction exactly, and the total is the rounded geometric mean of both', async t => {
  fc.assert(
    fc.property(
      arbitraryScenario,
      arbitraryCapability,
      fc.double({ min: 0, max: 1, noNaN: true }),
      (scenario, capability, value) => {
        const found = score(scenario, capability, { value, evidence: [] })
        for (const direction of [found.factory, found.vendor]) {
          t.equal(
            direction.parts.reduce((sum, part) => sum + part.contribution, 0),
            direction.score,
          )
          if (!direction.parts.every(part => part.value >= 0 && part.value <= 1 && part.contribution <= part.weight))
            return false
        }
        const fused = Math.round(Math.sqrt(found.factory.score * found.vendor.score))
        return found.totalWithoutGates === fused && found.total === (found.gates.length > 0 ? 0 : fused)
      },
    ),
    runs(150),
  )
})

t.test('the fast values give the same total as the full score, and the bound is never below it', async () => {
  fc.assert(
    fc.property(arbitraryScenario, arbitraryCapability, (scenario, capability) => {
      const demand = scenarioFeatures(lexicon, scenario)
      const supply = capabilityFeatures(lexicon, capability)
      const values = new Float64Array(PART_NAMES.length)
      partValues(demand, supply, 0.4, values)
      const total = scorePair(demand, supply, NO_TEXT).totalWithoutGates
      const known = { text: 0.4, problem: problemValue(demand, supply), technique: techniqueValue(demand, supply) }
      return totalOf(values) === total && boundTotal(known) >= total
    }),
    runs(150),
  )
})

const balance = (neutral: number, gains: readonly { strength: number }[], losses: readonly { strength: number }[]) => {
  const scales = new Balance()
  for (const { strength } of gains) scales.gain(strength)
  for (const { strength } of losses) scales.lose(strength)
  return scales.value(neutral)
}

t.test('a reason taken away never raises a balance, and none leaves the neutral value', async t => {
  const strengths = fc.array(fc.record({ strength: fc.double({ min: 0, max: 1, noNaN: true }) }), { maxLength: 6 })
  fc.assert(
    fc.property(strengths, strengths, fc.nat(), (gains, losses, at) => {
      const whole = balance(0.5, gains, losses)
      const fewer = balance(
        0.5,
        gains.filter((_, i) => i !== at % Math.max(1, gains.length)),
        losses,
      )
      return fewer <= whole + 1e-12 && whole >= 0 && whole <= 1
    }),
    runs(200),
  )
  t.equal(balance(0.4, [], []), 0.4)
})

t.test('equal input gives equal bytes, and permuting any list changes neither total nor parts', async () => {
  fc.assert(
    fc.property(arbitraryScenario, arbitraryCapability, (scenario, capability) => {
      const once = score(scenario, capability)
      if (JSON.stringify(once) !== JSON.stringify(score(scenario, capability))) return false
      const turned = score(reverseLists(scenario), reverseLists(capability))
      const values = (found: Score) =>
        JSON.stringify([found.total, found.factory.parts.map(part => [part.value, part.contribution])])
      return (
        values(once) === values(turned) &&
        once.gates
          .map(gate => gate.rule)
          .sort()
          .join() ===
          turned.gates
            .map(gate => gate.rule)
            .sort()
            .join()
      )
    }),
    runs(150),
  )
})

t.test('taking a concept out of either side never raises the problem or technique part', async () => {
  fc.assert(
    fc.property(
      arbitraryScenario,
      arbitraryCapability,
      fc.nat(),
      fc.boolean(),
      (scenario, capability, at, fromDemand) => {
        const demand = scenarioFeatures(lexicon, scenario)
        const supply = capabilityFeatures(lexicon, capability)
        const without = fromDemand
          ? { demand: dropDemand(demand, at), supply }
          : { demand, supply: dropSupply(supply, at) }
        if (!isEvidence(demand, supply, fromDemand ? demand.concepts : supply.concepts, at)) return true
        return (
          problemValue(without.demand, without.supply) <= problemValue(demand, supply) &&
          techniqueValue(without.demand, without.supply) <= techniqueValue(demand, supply)
        )
      },
    ),
    runs(200),
  )
})

t.test(
  'adding a dataset that meets a requirement never lowers the data part unless a gate fires, which is named',
  async () => {
    fc.assert(
      fc.property(arbitraryScenario, arbitraryCapability, (scenario, capability) => {
        const requirement = capability.dataRequirements?.[0]
        if (requirement === undefined || scenario.datasets === undefined) return true
        // A field replaces what a text tells of the same kind of data, so the texts are left out.
        const demand = { ...scenario, summary: '' }
        const before = score(demand, capability)
        const after = score({ ...demand, datasets: [...scenario.datasets, meetRequirement(requirement)] }, capability)
        if (partOf(after, 'data') >= partOf(before, 'data')) return true
        // What nothing depends on (a useful need) and may not be used does not meet the need, and fires no gate.
        const isWithheld =
          requirement.level === 'useful' && after.gaps.some(gap => gap.requirement === 0 && gap.verdict === 'forbidden')
        return isWithheld || after.gates.some(gate => gate.rule.startsWith('data') || gate.rule.startsWith('personal'))
      }),
      runs(250),
    )
  },
)

t.test('the total rises with the likeness of the texts, finely enough to rank by it', async t => {
  const demand = scenarioFeatures(lexicon, { id: 's', title: '设备突然坏，停机损失大' })
  const supply = capabilityFeatures(lexicon, { id: 'c', title: '设备健康管理平台' })
  const totals = Array.from(
    { length: 501 },
    (_, i) => scorePair(demand, supply, { value: i / 500, evidence: [] }, { explain: false }).total,
  )
  t.same(
    totals,
    [...totals].sort((a, b) => a - b),
  )
  t.equal(new Set(totals).size, totals.length, 'every step of 0.002 shows')
})

t.test(
  'silence is neutral: a vendor that states nothing scores between one that fits and one that does not',
  async t => {
    const scenario: ScenarioInput = {
      id: 's',
      title: '表面缺陷检测',
      budget: { max: 800_000, currency: 'CNY' },
      constraints: { latencyMsMax: 100 },
    }
    const fits = score(scenario, {
      id: 'a',
      title: '视觉检测',
      price: { min: 300_000, max: 500_000, currency: 'CNY' },
      latencyMs: 50,
    })
    const silent = score(scenario, { id: 'b', title: '视觉检测' })
    const unfit = score(scenario, {
      id: 'c',
      title: '视觉检测',
      price: { min: 1_500_000, currency: 'CNY' },
      latencyMs: 300,
    })
    t.ok(fits.total > silent.total && silent.total > unfit.total)
    t.equal(unfit.gates.length, 0, 'a high price is no gate')
  },
)

t.test('a vendor that needs labels the factory lacks ranks below one that does not, and says so', async t => {
  const scenario: ScenarioInput = {
    id: 's',
    title: '冲压件划痕检测',
    problems: ['pb.defect-inspection'],
    datasets: [{ name: '图', modality: 'mod.image', volume: { value: 20_000, unit: 'samples' }, labelCoverage: 0 }],
  }
  const need = {
    name: '图',
    level: 'required' as const,
    modality: 'mod.image',
    volumeMin: { value: 1000, unit: 'samples' as const },
  }
  const plain = score(scenario, { id: 'a', title: 'A', problems: ['pb.defect-inspection'], dataRequirements: [need] })
  const hungry = score(scenario, {
    id: 'b',
    title: 'A',
    problems: ['pb.defect-inspection'],
    dataRequirements: [{ ...need, labelledSamplesMin: 500 }],
  })
  t.ok(plain.total > hungry.total)
  const gap = hungry.gaps.find(row => row.field === 'labels')
  t.match(gap, { verdict: 'convertible', fix: 'label', need: 500, have: 0, resource: 'rs.labelbase' })
  const [first] = hungry.counterfactuals
  t.match(first, { change: 'labelSamples', params: { amount: 500 }, by: 'factory' })
  t.equal(hungry.total + (first?.delta ?? 0), plain.total, 'with the labels both are worth the same')
})

t.test(
  'each counterfactual is worth exactly what re-scoring the changed pair gives, at most three, best first',
  async () => {
    fc.assert(
      fc.property(arbitraryScenario, arbitraryCapability, (scenario, capability) => {
        const demand = scenarioFeatures(lexicon, scenario)
        const supply = capabilityFeatures(lexicon, capability)
        const found = scorePair(demand, supply, NO_TEXT)
        const changes = listChanges({ scenario: demand, capability: supply }, serve(demand, supply))
        const totals = changes.map(({ change, params, apply }) => {
          const changed = apply({ scenario: demand, capability: supply })
          return {
            key: JSON.stringify([change, params]),
            total: scorePair(changed.scenario, changed.capability, NO_TEXT, { explain: false }).total,
          }
        })
        const isExact = found.counterfactuals.every(({ change, params, delta }) =>
          totals.some(({ key, total }) => key === JSON.stringify([change, params]) && total - found.total === delta),
        )
        const deltas = found.counterfactuals.map(({ delta }) => delta)
        return (
          isExact && deltas.length <= 3 && deltas.every((delta, i) => delta > 0 && delta <= (deltas[i - 1] ?? Infinity))
        )
      }),
      runs(120),
    )
  },
)

t.test('evidence of every part points into the inputs, with spans that hold the words they show', async () => {
  fc.assert(
    fc.property(arbitraryScenario, arbitraryCapability, arbitraryText, (scenario, capability, summary) => {
      const demand = { ...scenario, summary }
      const found = score(demand, capability)
      const pieces = found.factory.parts.flatMap(part => part.evidence)
      return pieces.every(
        piece =>
          piece.points >= 0 &&
          piece.points <= 10_000 &&
          piece.scenario.every(span => holds(demand, span)) &&
          piece.capability.every(span => holds(capability, span)),
      )
    }),
    runs(120),
  )
})

function holds(input: object, span: { field: string; start?: number; end?: number; surface: string }): boolean {
  if (span.start === undefined) return true
  const text: unknown = Object.entries(input).find(([key]) => `/${key}` === span.field)?.[1]
  return typeof text === 'string' && text.slice(span.start, span.end) === span.surface
}

/** The same input with every list turned round. */
function reverseLists<T>(value: T): T {
  const turned = JSON.parse(JSON.stringify(value), (_key, item: unknown) =>
    Array.isArray(item) ? item.toReversed() : item,
  )
  return turned
}

function drop(bag: ConceptBag, at: number): ConceptBag {
  const place = at % Math.max(1, bag.numbers.length)
  return { numbers: bag.numbers.filter((_, i) => i !== place), weights: bag.weights.filter((_, i) => i !== place) }
}

function dropDemand(features: ScenarioFeatures, at: number): ScenarioFeatures {
  const concepts = drop(features.concepts, at)
  return { ...features, concepts, plan: planConcepts(lexicon, concepts) }
}

const dropSupply = (features: CapabilityFeatures, at: number): CapabilityFeatures => ({
  ...features,
  concepts: drop(features.concepts, at),
})

/** A pick that meets nothing is no evidence: without it the other side may simply be unknown. */
function isEvidence(demand: ScenarioFeatures, supply: CapabilityFeatures, bag: ConceptBag, at: number): boolean {
  const place = at % Math.max(1, bag.numbers.length)
  const isPick = (bag.weights[place] ?? 0) > PICKED
  return !isPick || problemValue(demand, supply) > 0.4
}
