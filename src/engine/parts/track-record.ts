import { conceptNumber } from '../features/refs.ts'
import type { CapabilityFeatures, ScenarioFeatures } from '../features.ts'
import { PICKED } from '../features/concepts.ts'
import type { Reasons } from './operation.ts'
import { GAINS } from './weights.ts'

/** How ready it is (TRL 1 to 9), and whether it has been done before: in this industry, on this measure. */
export function trackRecordReasons(scenario: ScenarioFeatures, capability: CapabilityFeatures): Reasons {
  const reasons: Reasons = { gains: [], losses: [] }
  weighReadiness(capability, reasons)
  weighIndustry(scenario, capability, reasons)
  weighCases(scenario, capability, reasons)
  return reasons
}

function weighReadiness(capability: CapabilityFeatures, { gains, losses }: Reasons): void {
  const { trl } = capability.input
  if (trl === undefined) return
  const reason = { scenario: '/', capability: '/trl' }
  if (trl >= 6)
    gains.push({ ...reason, strength: trl >= 8 ? GAINS.trlProven : trl === 7 ? GAINS.trlPiloted : GAINS.trlShown })
  else losses.push({ ...reason, strength: trl === 5 ? 0.2 : 0.5 })
}

function weighIndustry(scenario: ScenarioFeatures, capability: CapabilityFeatures, { gains, losses }: Reasons): void {
  const { industry } = scenario
  if (industry === undefined || capability.industries.length === 0) return
  const reason = { scenario: '/industry', capability: '/industries', concept: industry }
  if (capability.industries.includes(industry)) gains.push({ ...reason, strength: GAINS.industry })
  else losses.push({ ...reason, strength: 0.2 })
}

/** A case counts by what it shares with the demand; several weak cases never weigh like one that fits. */
function weighCases(scenario: ScenarioFeatures, capability: CapabilityFeatures, { gains }: Reasons): void {
  capability.cases.forEach(({ industry, kpi, verified }, i) => {
    const sameIndustry = industry !== undefined && industry === scenario.industry
    const sameKpi = kpi !== undefined && holdsConcept(scenario, kpi)
    const about = (sameIndustry ? GAINS.caseSameIndustry : GAINS.caseAny) + (sameKpi ? GAINS.caseSameKpi : 0)
    const strength = about + (verified ? GAINS.caseVerified : 0)
    const concept = sameIndustry ? industry : sameKpi ? kpi : undefined
    gains.push({
      scenario: sameIndustry ? '/industry' : '/goals',
      capability: `/evidence/${i}`,
      strength,
      ...(concept === undefined ? {} : { concept }),
    })
  })
}

function holdsConcept(scenario: ScenarioFeatures, id: string): boolean {
  const place = scenario.concepts.numbers.indexOf(conceptNumber(scenario.lexicon, id))
  return (
    place >= 0 && ((scenario.concepts.weights[place] ?? 0) > PICKED || (scenario.concepts.weights[place] ?? 0) >= 0.6)
  )
}
