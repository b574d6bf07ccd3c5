import { countDays } from '../facts/dates.ts'
import type { CapabilityFeatures, ScenarioFeatures } from '../features.ts'
import type { Scales } from './balance.ts'
import { servesPlace } from './places.ts'
import { GAINS } from './weights.ts'

/** Whether money, dates and place fit. Price is negotiable, so it never fires a gate, however far it is off. */
export function weighCommercial(scenario: ScenarioFeatures, capability: CapabilityFeatures, scales: Scales): void {
  weighPrice(scenario, capability, scales)
  weighDates(scenario, capability, scales)
  weighPlace(scenario, capability, scales)
}

function weighPrice(scenario: ScenarioFeatures, capability: CapabilityFeatures, scales: Scales): void {
  const { budget } = scenario
  const { price } = capability
  if (budget === undefined || price === undefined || budget.currency !== price.currency) return
  const most = budget.max ?? budget.min
  const least = price.min ?? price.max
  if (most === undefined || least === undefined || most <= 0) return
  if ((price.max ?? least) <= most) scales.gain(GAINS.priceWithin, '/budget', '/price')
  else if (least <= most) scales.gain(GAINS.priceTouching, '/budget', '/price')
  else scales.lose(Math.min(0.95, 0.25 + 0.5 * Math.log2(least / most)), '/budget', '/price')
}

function weighDates(scenario: ScenarioFeatures, capability: CapabilityFeatures, scales: Scales): void {
  const { startsOn, neededBy } = scenario
  const { leadTimeDays } = capability
  if (startsOn === undefined || neededBy === undefined || leadTimeDays === undefined) return
  const windowDays = countDays(neededBy) - countDays(startsOn)
  if (leadTimeDays <= windowDays) scales.gain(GAINS.dates, '/neededBy', '/leadTimeDays')
  else {
    const overrun = Math.log2(leadTimeDays / Math.max(1, windowDays))
    scales.lose(Math.min(0.9, 0.3 + 0.4 * overrun), '/neededBy', '/leadTimeDays')
  }
}

function weighPlace(scenario: ScenarioFeatures, capability: CapabilityFeatures, scales: Scales): void {
  const served = servesPlace(capability.regions, scenario.place)
  if (served === 'yes') scales.gain(GAINS.region, '/place', '/regions')
  else if (served === 'no') scales.lose(0.6, '/place', '/regions')
  else if (served === 'unclear') scales.lose(0.15, '/place', '/regions')
}
