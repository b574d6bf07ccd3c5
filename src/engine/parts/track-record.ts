import { conceptNumber } from '../features/refs.ts'
import type { CapabilityFeatures, ScenarioFeatures } from '../features.ts'
import { PICKED } from '../features/concepts.ts'
import type { Scales } from './balance.ts'
import { GAINS } from './weights.ts'

/** How ready it is (TRL 1 to 9), and whether it has been done before: in this industry, on this measure. */
export function weighTrackRecord(scenario: ScenarioFeatures, capability: CapabilityFeatures, scales: Scales): void {
  weighReadiness(capability, scales)
  weighIndustry(scenario, capability, scales)
  weighCases(scenario, capability, scales)
}

function weighReadiness({ input: { trl } }: CapabilityFeatures, scales: Scales): void {
  if (trl === undefined) return
  const gain = trl >= 8 ? GAINS.trlProven : trl === 7 ? GAINS.trlPiloted : GAINS.trlShown
  if (trl >= 6) scales.gain(gain, '/', '/trl')
  else scales.lose(trl === 5 ? 0.2 : 0.5, '/', '/trl')
}

function weighIndustry(scenario: ScenarioFeatures, capability: CapabilityFeatures, scales: Scales): void {
  const { industry } = scenario
  if (industry === undefined || capability.industries.length === 0) return
  if (capability.industries.includes(industry)) scales.gain(GAINS.industry, '/industry', '/industries', industry)
  else scales.lose(0.2, '/industry', '/industries')
}

/** A case counts by what it shares with the demand; several weak cases never weigh like one that fits. */
function weighCases(scenario: ScenarioFeatures, { cases }: CapabilityFeatures, scales: Scales): void {
  for (let i = 0; i < cases.length; i++) {
    const { industry, kpi, verified = false } = cases[i] ?? {}
    const sameIndustry = industry !== undefined && industry === scenario.industry
    const sameKpi = kpi !== undefined && holdsConcept(scenario, kpi)
    const about = (sameIndustry ? GAINS.caseSameIndustry : GAINS.caseAny) + (sameKpi ? GAINS.caseSameKpi : 0)
    const strength = about + (verified ? GAINS.caseVerified : 0)
    const concept = sameIndustry ? industry : sameKpi ? kpi : undefined
    scales.gain(strength, sameIndustry ? '/industry' : '/goals', `/evidence/${i}`, concept)
  }
}

function holdsConcept({ lexicon, concepts }: ScenarioFeatures, id: string): boolean {
  const place = concepts.numbers.indexOf(conceptNumber(lexicon, id))
  const weight = concepts.weights[place] ?? 0
  return weight > PICKED || weight >= 0.6
}
