import type { CapabilityFeatures, ScenarioFeatures } from '../features.ts'
import { narrowestReach } from '../interface/permission.ts'
import { DATA_REACHES } from '../types.ts'
import type { Reason } from './balance.ts'
import { GAINS } from './weights.ts'
import type { Lexicon } from '../lexicon/lexicon.ts'

/** A reason with the fields of both sides that it stands on (JSON pointers) and what joins them. */
export type FieldReason = Reason & { scenario: string; capability: string; concept?: string }
export type Reasons = { gains: FieldReason[]; losses: FieldReason[] }

/** Where, how fast and on what it runs, and whether the vendor has a free hand. */
export function operationReasons(scenario: ScenarioFeatures, capability: CapabilityFeatures): Reasons {
  const reasons: Reasons = { gains: [], losses: [] }
  weighDeployment(scenario, capability, reasons)
  weighPace(scenario, capability, reasons)
  weighHardware(scenario, capability, reasons)
  weighCertificates(scenario, capability, reasons)
  weighIntegrations(scenario, capability, reasons)
  weighCapacity(capability, reasons)
  return reasons
}

function weighDeployment(scenario: ScenarioFeatures, capability: CapabilityFeatures, { gains, losses }: Reasons): void {
  const accepted = scenario.constraints.deployments
  const stated = capability.deployments
  const offered = stated ?? capability.mentionedDeployments
  if (offered.length === 0) return
  // What a text only mentions is a hint, half as strong as a stated form.
  const trust = stated === undefined ? 0.5 : 1
  const place = { capability: stated === undefined ? '/summary' : '/deployments' }
  const shared = accepted.find(deployment => offered.includes(deployment))
  if (accepted.length > 0) {
    const reason = { ...place, scenario: '/constraints/deployments', strength: GAINS.deployment * trust }
    if (shared !== undefined) gains.push({ ...reason, concept: shared })
    else losses.push({ ...reason, strength: 0.7 * trust })
  }
  const reach = scenario.constraints.reach
  const goesTo = narrowestReach(offered)
  if (reach === undefined || goesTo === undefined) return
  const fits = DATA_REACHES.indexOf(goesTo) <= DATA_REACHES.indexOf(reach)
  const reason = { ...place, scenario: '/constraints/reach', strength: (fits ? GAINS.reach : 0.8) * trust }
  if (fits) gains.push(reason)
  else losses.push(reason)
}

function weighPace(scenario: ScenarioFeatures, capability: CapabilityFeatures, { gains, losses }: Reasons): void {
  const { latencyMs } = capability
  if (latencyMs === undefined) return
  const { latencyMsMax, taktS } = scenario.constraints
  const limits = [
    { limit: latencyMsMax, scenario: '/constraints/latencyMsMax' },
    { limit: taktS === undefined ? undefined : taktS * 1000, scenario: '/constraints/taktS' },
  ]
  for (const { limit, scenario: field } of limits) {
    if (limit === undefined) continue
    const reason = { scenario: field, capability: '/latencyMs' }
    if (latencyMs <= limit) gains.push({ ...reason, strength: GAINS.latency })
    else losses.push({ ...reason, strength: Math.min(0.9, 0.3 + 0.3 * Math.log2(latencyMs / limit)) })
  }
}

/** Whether the vendor names a domestic AI chip, by the lexicon's `satisfies` edges. */
export function runsOnDomesticHardware(lexicon: Lexicon, hardware: readonly string[]): string | undefined {
  const satisfies = (id: string) => lexicon.edges(id, 'satisfies').some(edge => edge.id === 'cp.ccsc')
  return hardware.find(id => id === 'hw.domestic-ai' || id === 'hw.kunpeng' || satisfies(id))
}

function weighHardware(scenario: ScenarioFeatures, capability: CapabilityFeatures, { gains, losses }: Reasons): void {
  if (scenario.constraints.domesticHardware !== true || capability.hardware.length === 0) return
  const chip = runsOnDomesticHardware(scenario.lexicon, capability.hardware)
  const reason = { scenario: '/constraints/domesticHardware', capability: '/hardware' }
  if (chip !== undefined) gains.push({ ...reason, strength: GAINS.domesticHardware, concept: chip })
  else if (capability.hardware.includes('hw.gpu-nvidia')) losses.push({ ...reason, strength: 0.8 })
}

function weighCertificates(
  scenario: ScenarioFeatures,
  capability: CapabilityFeatures,
  { gains, losses }: Reasons,
): void {
  const asked = scenario.constraints.certificates
  const held = capability.certificates
  if (held === undefined) return
  for (const concept of asked) {
    const reason = { scenario: '/constraints/certificates', capability: '/certificates', concept }
    if (holdsCertificate(held, concept)) gains.push({ ...reason, strength: GAINS.certificate })
    else losses.push({ ...reason, strength: 0.4 })
  }
}

/** A higher MLPS level covers a lower one; any other certificate stands for itself. */
export function holdsCertificate(held: readonly string[], asked: string): boolean {
  if (held.includes(asked)) return true
  const level = /^cp\.mlps(\d)$/.exec(asked)?.[1]
  return level !== undefined && held.some(id => Number(/^cp\.mlps(\d)$/.exec(id)?.[1] ?? 0) >= Number(level))
}

function weighIntegrations(scenario: ScenarioFeatures, capability: CapabilityFeatures, { gains }: Reasons): void {
  if (capability.integrations.length === 0) return
  const present = new Set(
    scenario.datasets.flatMap(dataset => [...(dataset.systems ?? []), ...(dataset.protocols ?? [])]),
  )
  for (const concept of capability.integrations) {
    if (present.has(concept))
      gains.push({ scenario: '/datasets', capability: '/integrations', concept, strength: GAINS.integration })
  }
}

function weighCapacity(capability: CapabilityFeatures, { gains, losses }: Reasons): void {
  const { capacity, capacityUsed = 0 } = capability.input
  if (capacity === undefined) return
  const reason = { scenario: '/', capability: '/capacity' }
  if (capacityUsed < capacity) gains.push({ ...reason, strength: GAINS.capacity })
  else losses.push({ ...reason, strength: 0.6 })
}
