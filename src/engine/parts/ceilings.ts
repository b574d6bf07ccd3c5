import type { CapabilityFeatures, ScenarioFeatures } from '../features.ts'
import { balance } from './balance.ts'
import { GAINS, NEUTRAL } from './weights.ts'

/** The most that each part beside problem, technique and text can be worth. */
export type PartCeilings = { data: number; operation: number; commercial: number; trackRecord: number }

const ceiling = (part: keyof typeof NEUTRAL, gains: number[]) =>
  balance(
    NEUTRAL[part],
    gains.map(strength => ({ strength })),
    [],
  )
const when = (told: boolean, ...gains: number[]) => (told ? gains : [])
const times = (count: number, gain: number) => Array.from({ length: count }, () => gain)

/** What a part can reach at most with this scenario, whichever the capability: a reason needs a word of both sides. */
export function demandCeilings(scenario: ScenarioFeatures): PartCeilings {
  const { constraints, datasets } = scenario
  const connections = new Set(datasets.flatMap(dataset => [...(dataset.systems ?? []), ...(dataset.protocols ?? [])]))
  const operation = [
    ...when(constraints.deployments.length > 0, GAINS.deployment),
    ...when(constraints.reach !== undefined, GAINS.reach),
    ...when(constraints.latencyMsMax !== undefined, GAINS.latency),
    ...when(constraints.taktS !== undefined, GAINS.latency),
    ...when(constraints.domesticHardware === true, GAINS.domesticHardware),
    ...times(constraints.certificates.length, GAINS.certificate),
    ...times(connections.size, GAINS.integration),
    GAINS.capacity,
  ]
  const commercial = [
    ...when(scenario.budget !== undefined, GAINS.priceWithin),
    ...when(scenario.startsOn !== undefined && scenario.neededBy !== undefined, GAINS.dates),
    ...when(scenario.place !== undefined, GAINS.region),
  ]
  return {
    data: datasets.length === 0 ? 0.5 : 1,
    operation: ceiling('operation', operation),
    commercial: ceiling('commercial', commercial),
    trackRecord: 1,
  }
}

/** What a part can reach at most with this capability, whichever the scenario. The lesser of both ceilings holds. */
export function supplyCeilings(capability: CapabilityFeatures): PartCeilings {
  const { deployments, mentionedDeployments, input } = capability
  const operation = [
    ...when(deployments !== undefined || mentionedDeployments.length > 0, GAINS.deployment, GAINS.reach),
    ...when(capability.latencyMs !== undefined, GAINS.latency, GAINS.latency),
    ...when(capability.hardware.length > 0, GAINS.domesticHardware),
    ...times(capability.integrations.length, GAINS.integration),
    ...when(input.capacity !== undefined, GAINS.capacity),
  ]
  const commercial = [
    ...when(capability.price !== undefined, GAINS.priceWithin),
    ...when(capability.leadTimeDays !== undefined, GAINS.dates),
    ...when(capability.regions !== undefined, GAINS.region),
  ]
  const { caseSameIndustry, caseSameKpi, caseVerified } = GAINS
  const trackRecord = [
    ...when(input.trl !== undefined, GAINS.trlProven),
    ...when(capability.industries.length > 0, GAINS.industry),
    ...times(capability.cases.length, caseSameIndustry + caseSameKpi + caseVerified),
  ]
  return {
    data: capability.requirements.length === 0 ? 0.5 : 1,
    // A certificate of either side may cover several of the other's, so only their absence bounds anything.
    operation: capability.certificates === undefined ? ceiling('operation', operation) : 1,
    commercial: ceiling('commercial', commercial),
    trackRecord: ceiling('trackRecord', trackRecord),
  }
}
