import { SITE_DEPLOYMENTS } from '../facts/constraints.ts'
import { countDays } from '../facts/dates.ts'
import { narrowestReach } from '../interface/permission.ts'
import { holdsCertificate, runsOnDomesticHardware } from '../parts/operation.ts'
import { servesPlace } from '../parts/places.ts'
import type { CapabilityFeatures, ScenarioFeatures } from '../features.ts'
import type { Change, Pair } from './change.ts'

/** What either side could change about place, price, time, hardware and papers. */
export function listTermChanges(pair: Pair): Change[] {
  return [
    ...deploymentChanges(pair),
    ...moneyChanges(pair),
    ...timeChanges(pair),
    ...paperChanges(pair),
    ...vendorChanges(pair),
  ]
}

const ofCapability =
  (patch: (capability: CapabilityFeatures) => Partial<CapabilityFeatures>) =>
  (pair: Pair): Pair => ({
    scenario: pair.scenario,
    capability: { ...pair.capability, ...patch(pair.capability) },
  })
const ofScenario =
  (patch: (scenario: ScenarioFeatures) => Partial<ScenarioFeatures>) =>
  (pair: Pair): Pair => ({
    scenario: { ...pair.scenario, ...patch(pair.scenario) },
    capability: pair.capability,
  })
const ofInput = (patch: Partial<CapabilityFeatures['input']>) =>
  ofCapability(({ input }) => ({ input: { ...input, ...patch } }))

function deploymentChanges({ scenario, capability }: Pair): Change[] {
  const { deployments: accepted, reach } = scenario.constraints
  const stated = capability.deployments ?? []
  const goesTo = narrowestReach(stated)
  const changes: Change[] = []
  const fits = accepted.length === 0 || accepted.some(form => stated.includes(form))
  const wantsSite = reach === 'site' || accepted.some(form => SITE_DEPLOYMENTS.includes(form))
  if (wantsSite && (goesTo !== 'site' || !fits)) {
    const deployment = accepted.find(form => SITE_DEPLOYMENTS.includes(form)) ?? 'dp.onprem'
    const patch = ofCapability(({ deployments = [], requirements }) => ({
      deployments: [...new Set([...deployments, deployment])].sort(),
      requirements: requirements.map(requirement =>
        requirement.reach === undefined ? requirement : { ...requirement, reach: 'site' },
      ),
    }))
    changes.push({ change: 'deployOnSite', params: { deployment }, by: 'vendor', about: 'deployment', apply: patch })
  }
  const [offered] = stated
  if (!fits && offered !== undefined) {
    const apply = ofScenario(({ constraints }) => ({
      constraints: { ...constraints, deployments: [...constraints.deployments, offered].sort() },
    }))
    changes.push({
      change: 'acceptDeployment',
      params: { deployment: offered },
      by: 'factory',
      about: 'deployment',
      apply,
    })
  }
  return changes
}

function moneyChanges({ scenario, capability }: Pair): Change[] {
  const { budget } = scenario
  const { price } = capability
  const least = price?.min ?? price?.max
  const most = budget?.max ?? budget?.min
  if (budget === undefined || price === undefined || least === undefined || most === undefined) return []
  if (budget.currency !== price.currency || least <= most) return []
  const apply = ofScenario(() => ({ budget: { ...budget, max: least } }))
  return [
    { change: 'raiseBudget', params: { to: least, currency: budget.currency }, by: 'factory', about: 'price', apply },
  ]
}

function timeChanges({ scenario, capability }: Pair): Change[] {
  const changes: Change[] = []
  const { latencyMs, leadTimeDays } = capability
  const { latencyMsMax, taktS } = scenario.constraints
  const limit = Math.min(latencyMsMax ?? Infinity, taktS === undefined ? Infinity : taktS * 1000)
  if (latencyMs !== undefined && latencyMs > limit) {
    const apply = ofCapability(({ input }) => ({ latencyMs: limit, input: { ...input, latencyMs: limit } }))
    changes.push({ change: 'speedUp', params: { ms: limit }, by: 'vendor', about: 'latency', apply })
  }
  const { startsOn, neededBy } = scenario
  if (startsOn !== undefined && neededBy !== undefined && leadTimeDays !== undefined) {
    const days = leadTimeDays - (countDays(neededBy) - countDays(startsOn))
    const date = new Date((countDays(startsOn) + leadTimeDays) * 86_400_000).toISOString().slice(0, 10)
    const apply = ofScenario(() => ({ neededBy: date }))
    if (days > 0) changes.push({ change: 'moveDate', params: { days, date }, by: 'factory', about: 'dates', apply })
  }
  return changes
}

function paperChanges({ scenario, capability }: Pair): Change[] {
  const held = capability.certificates ?? []
  const changes: Change[] = scenario.constraints.certificates
    .filter(asked => !holdsCertificate(held, asked))
    .map(certificate => ({
      change: 'obtainCertificate',
      params: { certificate },
      by: 'vendor',
      about: certificate,
      apply: ofCapability(({ certificates = [] }) => ({ certificates: [...certificates, certificate].sort() })),
    }))
  if (scenario.constraints.publicAudience === true && capability.input.genaiFiling === undefined) {
    changes.push({
      change: 'fileModel',
      params: {},
      by: 'vendor',
      about: 'filing',
      apply: ofInput({ genaiFiling: 'filed' }),
    })
  }
  return changes
}

function vendorChanges({ scenario, capability }: Pair): Change[] {
  const changes: Change[] = []
  const { capacity, capacityUsed = 0 } = capability.input
  if (capacity !== undefined && capacity > 0 && capacityUsed >= capacity) {
    changes.push({
      change: 'freeCapacity',
      params: {},
      by: 'vendor',
      about: 'capacity',
      apply: ofInput({ capacityUsed: capacity - 1 }),
    })
  }
  const isForeign =
    capability.hardware.includes('hw.gpu-nvidia') &&
    runsOnDomesticHardware(scenario.lexicon, capability.hardware) === undefined
  if (scenario.constraints.domesticHardware === true && isForeign) {
    const apply = ofCapability(({ hardware }) => ({ hardware: [...hardware, 'hw.domestic-ai'].sort() }))
    changes.push({ change: 'useDomesticHardware', params: {}, by: 'vendor', about: 'hardware', apply })
  }
  const { place } = scenario
  if (place !== undefined && servesPlace(capability.regions, place) === 'no') {
    const apply = ofCapability(() => ({ regions: place }))
    changes.push({
      change: 'serveRegion',
      params: { place: scenario.input.place ?? '' },
      by: 'vendor',
      about: 'region',
      apply,
    })
  }
  return changes
}
