import { countDays } from '../facts/dates.ts'
import type { CapabilityFeatures, ScenarioFeatures } from '../features.ts'
import type { Reasons } from './operation.ts'
import { servesPlace } from './places.ts'
import { GAINS } from './weights.ts'

/** Whether money, dates and place fit. Price is negotiable, so it never fires a gate, however far it is off. */
export function commercialReasons(scenario: ScenarioFeatures, capability: CapabilityFeatures): Reasons {
  const reasons: Reasons = { gains: [], losses: [] }
  weighPrice(scenario, capability, reasons)
  weighDates(scenario, capability, reasons)
  weighPlace(scenario, capability, reasons)
  return reasons
}

function weighPrice(scenario: ScenarioFeatures, capability: CapabilityFeatures, { gains, losses }: Reasons): void {
  const { budget } = scenario
  const { price } = capability
  if (budget === undefined || price === undefined || budget.currency !== price.currency) return
  const most = budget.max ?? budget.min
  const least = price.min ?? price.max
  if (most === undefined || least === undefined || most <= 0) return
  const reason = { scenario: '/budget', capability: '/price' }
  if ((price.max ?? least) <= most) gains.push({ ...reason, strength: GAINS.priceWithin })
  else if (least <= most) gains.push({ ...reason, strength: GAINS.priceTouching })
  else losses.push({ ...reason, strength: Math.min(0.95, 0.25 + 0.5 * Math.log2(least / most)) })
}

function weighDates(scenario: ScenarioFeatures, capability: CapabilityFeatures, { gains, losses }: Reasons): void {
  const { startsOn, neededBy } = scenario
  const { leadTimeDays } = capability
  if (startsOn === undefined || neededBy === undefined || leadTimeDays === undefined) return
  const windowDays = countDays(neededBy) - countDays(startsOn)
  const reason = { scenario: '/neededBy', capability: '/leadTimeDays' }
  if (leadTimeDays <= windowDays) gains.push({ ...reason, strength: GAINS.dates })
  else
    losses.push({ ...reason, strength: Math.min(0.9, 0.3 + 0.4 * Math.log2(leadTimeDays / Math.max(1, windowDays))) })
}

function weighPlace(scenario: ScenarioFeatures, capability: CapabilityFeatures, { gains, losses }: Reasons): void {
  const served = servesPlace(capability.regions, scenario.place)
  const reason = { scenario: '/place', capability: '/regions' }
  if (served === 'yes') gains.push({ ...reason, strength: GAINS.region })
  else if (served === 'no') losses.push({ ...reason, strength: 0.6 })
  else if (served === 'unclear') losses.push({ ...reason, strength: 0.15 })
}
