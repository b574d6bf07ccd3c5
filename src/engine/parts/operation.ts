import type { CapabilityFeatures, ScenarioFeatures } from '../features.ts'
import { narrowestReach } from '../interface/permission.ts'
import { DATA_REACHES } from '../types.ts'
import type { Scales } from './balance.ts'
import { GAINS } from './weights.ts'
import type { Lexicon } from '../lexicon/lexicon.ts'

/** Where, how fast and on what it runs, and whether the vendor has a free hand. */
export function weighOperation(scenario: ScenarioFeatures, capability: CapabilityFeatures, scales: Scales): void {
  weighDeployment(scenario, capability, scales)
  weighPace(scenario, capability, scales)
  weighHardware(scenario, capability, scales)
  weighCertificates(scenario, capability, scales)
  weighIntegrations(scenario, capability, scales)
  weighCapacity(capability, scales)
}

function weighDeployment(scenario: ScenarioFeatures, capability: CapabilityFeatures, scales: Scales): void {
  const accepted = scenario.constraints.deployments
  const stated = capability.deployments
  const offered = stated ?? capability.mentionedDeployments
  if (offered.length === 0) return
  // What a text only mentions is a hint, half as strong as a stated form.
  const trust = stated === undefined ? 0.5 : 1
  const field = stated === undefined ? '/summary' : '/deployments'
  if (accepted.length > 0) {
    const shared = accepted.find(deployment => offered.includes(deployment))
    if (shared !== undefined) scales.gain(GAINS.deployment * trust, '/constraints/deployments', field, shared)
    else scales.lose(0.7 * trust, '/constraints/deployments', field)
  }
  const { reach } = scenario.constraints
  const goesTo = reach === undefined ? undefined : narrowestReach(offered)
  if (reach === undefined || goesTo === undefined) return
  const fits = DATA_REACHES.indexOf(goesTo) <= DATA_REACHES.indexOf(reach)
  if (fits) scales.gain(GAINS.reach * trust, '/constraints/reach', field)
  else scales.lose(0.8 * trust, '/constraints/reach', field)
}

function weighPace(scenario: ScenarioFeatures, { latencyMs }: CapabilityFeatures, scales: Scales): void {
  if (latencyMs === undefined) return
  const { latencyMsMax, taktS } = scenario.constraints
  weighLimit(latencyMs, latencyMsMax, '/constraints/latencyMsMax', scales)
  weighLimit(latencyMs, taktS === undefined ? undefined : taktS * 1000, '/constraints/taktS', scales)
}

function weighLimit(latencyMs: number, limitMs: number | undefined, field: string, scales: Scales): void {
  if (limitMs === undefined) return
  if (latencyMs <= limitMs) scales.gain(GAINS.latency, field, '/latencyMs')
  else scales.lose(Math.min(0.9, 0.3 + 0.3 * Math.log2(latencyMs / limitMs)), field, '/latencyMs')
}

/** Whether the vendor names a domestic AI chip, by the lexicon's `satisfies` edges. */
export function runsOnDomesticHardware(lexicon: Lexicon, hardware: readonly string[]): string | undefined {
  const satisfies = (id: string) => lexicon.edges(id, 'satisfies').some(edge => edge.id === 'cp.ccsc')
  return hardware.find(id => id === 'hw.domestic-ai' || id === 'hw.kunpeng' || satisfies(id))
}

function weighHardware(scenario: ScenarioFeatures, { hardware }: CapabilityFeatures, scales: Scales): void {
  if (scenario.constraints.domesticHardware !== true || hardware.length === 0) return
  const chip = runsOnDomesticHardware(scenario.lexicon, hardware)
  if (chip !== undefined) scales.gain(GAINS.domesticHardware, '/constraints/domesticHardware', '/hardware', chip)
  else if (hardware.includes('hw.gpu-nvidia')) scales.lose(0.8, '/constraints/domesticHardware', '/hardware')
}

function weighCertificates(scenario: ScenarioFeatures, capability: CapabilityFeatures, scales: Scales): void {
  const held = capability.certificates
  if (held === undefined) return
  for (const asked of scenario.constraints.certificates) {
    if (holdsCertificate(held, asked))
      scales.gain(GAINS.certificate, '/constraints/certificates', '/certificates', asked)
    else scales.lose(0.4, '/constraints/certificates', '/certificates')
  }
}

/** A higher MLPS level covers a lower one; any other certificate stands for itself. */
export function holdsCertificate(held: readonly string[], asked: string): boolean {
  if (held.includes(asked)) return true
  const level = /^cp\.mlps(\d)$/.exec(asked)?.[1]
  return level !== undefined && held.some(id => Number(/^cp\.mlps(\d)$/.exec(id)?.[1] ?? 0) >= Number(level))
}

function weighIntegrations(scenario: ScenarioFeatures, { integrations }: CapabilityFeatures, scales: Scales): void {
  if (integrations.length === 0) return
  const isPresent = (concept: string) =>
    scenario.datasets.some(({ systems, protocols }) => systems?.includes(concept) || protocols?.includes(concept))
  for (const concept of integrations)
    if (isPresent(concept)) scales.gain(GAINS.integration, '/datasets', '/integrations', concept)
}

function weighCapacity({ input: { capacity, capacityUsed = 0 } }: CapabilityFeatures, scales: Scales): void {
  if (capacity === undefined) return
  if (capacityUsed < capacity) scales.gain(GAINS.capacity, '/', '/capacity')
  else scales.lose(0.6, '/', '/capacity')
}
