import {
  type Counterfactual,
  type Evidence,
  GAP_FIELDS,
  type Gap,
  type Gate,
  type Part,
  type Span,
  type Tier,
  type Versions,
} from '../engine/types.ts'
import type { StoredExplanation, StoredScore } from './explanation.ts'
import type { Reader } from './tables.ts'

/** How far a match is open between its parties: 0 public, 1 shared (both interested), 2 sealed (both introduced). */
export type Stage = 0 | 1 | 2

/** Tier of a field of either side, by JSON pointer. */
export type FieldTiers = { scenario: (pointer: string) => Tier; capability: (pointer: string) => Tier }

const RANK: Record<Tier, number> = { public: 0, shared: 1, sealed: 2 }

/** What both parties have agreed to. Never goes back: what was shown stays known. */
export const stageOf = (match: {
  factoryInterestAt: Date | null
  vendorInterestAt: Date | null
  factoryAcceptedAt: Date | null
  vendorAcceptedAt: Date | null
}): Stage => {
  if (match.factoryAcceptedAt && match.vendorAcceptedAt) return 2
  return match.factoryInterestAt && match.vendorInterestAt ? 1 : 0
}

/** The highest tier of each side that a reader may see at a stage (ARCHITECTURE.md, "Who sees what"). */
const sightOf = (reader: Reader, stage: Stage): { scenario: number; capability: number } => {
  if (reader === 'factory') return { scenario: 2, capability: stage }
  if (reader === 'vendor') return { scenario: stage, capability: 2 }
  return { scenario: 1, capability: 1 }
}

/** The fields that the figures of a counterfactual come from. */
const TERMS = {
  scenario: ['/datasets', '/constraints', '/budget', '/startsOn', '/neededBy', '/goals', '/place'],
  capability: [
    '/dataRequirements',
    '/price',
    '/leadTimeDays',
    '/capacity',
    '/capacityUsed',
    '/deployments',
    '/latencyMs',
    '/hardware',
    '/certificates',
    '/regions',
  ],
}

/** Where the factory's side of a gap stands: a figure that was read in a text stands by the tier of that text. */
const heldIn = ({ haveField, dataset }: Gap): string =>
  haveField ?? (dataset === undefined ? '/datasets' : `/datasets/${dataset}`)

/**
 * The explanation as one reader may see it at a stage. Names of parts, their contributions, and each gap's field and
 * verdict stay; spans, needs, haves and parameters that come from a tier above his are taken out and counted. Of what
 * would change the score the attribute that it is about stays, as it does in the gaps.
 */
export const redact = (
  score: StoredScore,
  versions: Versions,
  tiers: FieldTiers,
  reader: Reader,
  stage: Stage,
): StoredExplanation => {
  const sight = sightOf(reader, stage)
  let hidden = 0
  const isInSight = (side: 'scenario' | 'capability', pointer: string) => RANK[tiers[side](pointer)] <= sight[side]
  const sees = (side: 'scenario' | 'capability', pointer: string) => {
    const seen = isInSight(side, pointer)
    if (!seen) hidden++
    return seen
  }
  const keepSpans = (side: 'scenario' | 'capability', spans: Span[]) => spans.filter(span => sees(side, span.field))
  // A concept met only in hidden text would tell what that text says, and so would the words that met it.
  const evidence = (piece: Evidence): Evidence => {
    const scenario = keepSpans('scenario', piece.scenario)
    const capability = keepSpans('capability', piece.capability)
    const isLost =
      (piece.scenario.length > 0 && scenario.length === 0) || (piece.capability.length > 0 && capability.length === 0)
    return isLost ? { scenario: [], capability: [], points: piece.points } : { ...piece, scenario, capability }
  }
  const part = (whole: Part): Part => ({ ...whole, evidence: whole.evidence.map(evidence) })
  const gap = (row: Gap): Gap => {
    const { dataset, haveField: _, ...rest } = row
    const seesNeed = sees('capability', `/dataRequirements/${row.requirement}`)
    const seesHave = sees('scenario', heldIn(row))
    return {
      ...rest,
      need: seesNeed ? row.need : null,
      have: seesHave ? row.have : null,
      ...(seesHave && dataset !== undefined ? { dataset } : {}),
      ...(seesHave && row.haveField !== undefined ? { haveField: row.haveField } : {}),
    }
  }
  const gate = (row: Gate): Gate => ({
    ...row,
    need: sees('scenario', row.scenarioField) ? row.need : '',
    have: row.capabilityField === undefined || sees('capability', row.capabilityField) ? row.have : null,
  })
  // A change names figures and data of both sides and not where they stand, so it is told to who may see all of that.
  const seesTerms =
    TERMS.scenario.every(pointer => isInSight('scenario', pointer)) &&
    TERMS.capability.every(pointer => isInSight('capability', pointer)) &&
    score.gaps.every(row => isInSight('scenario', heldIn(row)))
  const explanation = {
    versions,
    total: score.total,
    factory: { ...score.factory, parts: score.factory.parts.map(part) },
    vendor: score.vendor,
    gates: score.gates.map(gate),
    gaps: score.gaps.map(gap),
    counterfactuals: score.counterfactuals.map(row => (seesTerms ? row : { ...row, params: keepField(row) })),
    ...(score.totalWithoutGates === undefined ? {} : { totalWithoutGates: score.totalWithoutGates }),
  }
  return { ...explanation, hidden }
}

const keepField = ({ params: { field } }: Counterfactual): Counterfactual['params'] =>
  GAP_FIELDS.some(name => name === field) && field !== undefined ? { field } : {}
