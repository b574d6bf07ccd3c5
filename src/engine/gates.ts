import { countDays } from './facts/dates.ts'
import type { CapabilityFeatures, ScenarioFeatures } from './features.ts'
import { conceptNumber } from './features/refs.ts'
import type { Service } from './interface.ts'
import { allowedReach, lawfulReach, narrowestReach } from './interface/permission.ts'
import { holdsCertificate, runsOnDomesticHardware } from './parts/operation.ts'
import { servesPlace } from './parts/places.ts'
import { DATA_REACHES, type DataReach, type FixedBy, type Gate } from './types.ts'

/** Every rule that can fire, with what it stands on and who can lift it. The list is closed. */
export const GATE_RULES = {
  'data-reach': { source: 'owner of the data', liftedBy: ['factory', 'vendor'] },
  'data-grade': { source: '数据安全法 art. 21; 工信厅信发〔2020〕6号', liftedBy: ['vendor', 'authority'] },
  'data-access': { source: 'owner of the data', liftedBy: ['factory'] },
  'personal-information': { source: '个人信息保护法 art. 28–29', liftedBy: ['vendor', 'factory'] },
  'personal-information-export': {
    source: '个人信息保护法 art. 38; 促进和规范数据跨境流动规定 (2024)',
    liftedBy: ['authority', 'vendor'],
  },
  deployment: { source: 'wish of the factory', liftedBy: ['factory', 'vendor'] },
  'genai-filing': { source: '生成式人工智能服务管理暂行办法 art. 17', liftedBy: ['vendor', 'authority'] },
  'mlps-level': { source: '网络安全法 art. 21; GB/T 22239-2019', liftedBy: ['vendor', 'authority'] },
  certificate: { source: 'wish of the factory', liftedBy: ['factory', 'vendor'] },
  'domestic-hardware': { source: 'wish of the factory', liftedBy: ['factory', 'vendor'] },
  latency: { source: 'wish of the factory', liftedBy: ['vendor', 'factory'] },
  dates: { source: 'wish of the factory', liftedBy: ['factory', 'vendor'] },
  region: { source: 'statement of the vendor', liftedBy: ['vendor'] },
} as const satisfies Record<string, { source: string; liftedBy: readonly FixedBy[] }>
export type GateRule = keyof typeof GATE_RULES

/** Engineering wins a factor of a few; a vendor slower than this by its own figure will not get there. */
const LATENCY_FACTOR = 5
/** A lead time of more than twice the window cannot be planned away. */
const LEAD_TIME_FACTOR = 2

/**
 * Why a pair is impossible. A gate needs a plain statement on both sides: silence of the vendor fires none, except
 * where a law makes its absence a refusal (a filing for the public, an MLPS level asked for in a field). What only the
 * vendor's prose mentions moves a part, never a gate. Money fires none: it is negotiable and can be supported.
 */
export function findGates(
  scenario: ScenarioFeatures,
  capability: CapabilityFeatures,
  services: readonly Service[],
): Gate[] {
  const gates: Gate[] = []
  dataGates(scenario, capability, services, gates)
  deploymentGates(scenario, capability, services, gates)
  filingGates(scenario, capability, gates)
  certificateGates(scenario, capability, gates)
  hardwareGates(scenario, capability, gates)
  paceGates(scenario, capability, gates)
  dateGates(scenario, capability, gates)
  regionGates(scenario, capability, gates)
  return gates
}

/** Where the scenario's side of a gate stands: its field, or the text that says it. */
const sourceOf = (scenario: ScenarioFeatures, key: keyof ScenarioFeatures['sources']) =>
  scenario.sources[key]?.field ?? `/constraints/${key}`

function gate(rule: GateRule, scenarioField: string, capabilityField: string, need: string, have: string | null): Gate {
  const { source, liftedBy } = GATE_RULES[rule]
  return { rule, source, liftedBy: [...liftedBy], scenarioField, capabilityField, need, have }
}

/** Data that a required need depends on and may not be had. */
function dataGates(
  scenario: ScenarioFeatures,
  capability: CapabilityFeatures,
  services: readonly Service[],
  gates: Gate[],
): void {
  for (const { requirement, dataset, judgements } of services) {
    const held = scenario.datasets[dataset]
    const needed = capability.requirements[requirement]
    if (held === undefined || needed?.level !== 'required') continue
    const fields = [scenario.datasetSpans[dataset]?.field ?? '/datasets', `/dataRequirements/${requirement}`] as const
    for (const row of judgements) {
      if (row.verdict !== 'forbidden') continue
      const isLaw = lawfulReach(held) === row.have
      const rule =
        row.field === 'reach'
          ? isLaw
            ? 'data-grade'
            : 'data-reach'
          : row.field === 'access'
            ? 'data-access'
            : 'personal-information'
      gates.push(gate(rule, ...fields, String(row.have), row.need === null ? null : String(row.need)))
    }
    const leaves = needed.reach === 'abroad' || needed.reach === 'hkmo'
    const isAllowed = held.reach !== undefined || scenario.constraints.reach !== undefined
    if (held.personalData === true && leaves && !isAllowed)
      gates.push(gate('personal-information-export', ...fields, 'mainland', needed.reach ?? null))
  }
}

/** Forms of deployment, and where data goes under them, for a vendor that states no data requirement of its own. */
function deploymentGates(
  scenario: ScenarioFeatures,
  capability: CapabilityFeatures,
  services: readonly Service[],
  gates: Gate[],
): void {
  const { deployments: stated } = capability
  const { deployments: accepted, reach } = scenario.constraints
  if (stated === undefined) return
  if (accepted.length > 0 && !accepted.some(form => stated.includes(form))) {
    gates.push(
      gate('deployment', sourceOf(scenario, 'deployments'), '/deployments', accepted.join(', '), stated.join(', ')),
    )
  }
  const goesTo = narrowestReach(stated)
  const isJudgedByData = services.some(service => service.dataset >= 0)
  if (isJudgedByData || goesTo === undefined) return
  if (scenario.datasets.length > 0) freestDatasetGate(scenario, goesTo, gates)
  else if (reach !== undefined && isFarther(goesTo, reach))
    gates.push(gate('data-reach', sourceOf(scenario, 'reach'), '/deployments', reach, goesTo))
}

const isFarther = (goesTo: DataReach, allowed: DataReach): boolean =>
  DATA_REACHES.indexOf(goesTo) > DATA_REACHES.indexOf(allowed)

/** Which data such a vendor takes is not known; but where even the freest dataset may not travel so far, none may. */
function freestDatasetGate(scenario: ScenarioFeatures, goesTo: DataReach, gates: Gate[]): void {
  const { reach } = scenario.constraints
  const held = scenario.datasets.map((dataset, i) => ({ i, dataset, allowed: allowedReach(dataset, reach) }))
  const [freest] = held.toSorted((a, b) => rankOf(b.allowed) - rankOf(a.allowed))
  if (freest?.allowed === undefined || !isFarther(goesTo, freest.allowed)) return
  const isWish = freest.allowed === reach && freest.dataset.reach === undefined
  const field = isWish ? sourceOf(scenario, 'reach') : (scenario.datasetSpans[freest.i]?.field ?? '/datasets')
  const rule = lawfulReach(freest.dataset) === freest.allowed ? 'data-grade' : 'data-reach'
  gates.push(gate(rule, field, '/deployments', freest.allowed, goesTo))
}

const rankOf = (reach: DataReach | undefined): number =>
  reach === undefined ? DATA_REACHES.length : DATA_REACHES.indexOf(reach)

/** Techniques whose service to the public must be filed (own list, by the words of the Interim Measures, art. 2). */
const GENERATIVE = ['tech.llm', 'tech.rag', 'tech.gen', 'tech.vlm', 'tech.agent', 'tech.speech', 'tech.codegen']

function filingGates(scenario: ScenarioFeatures, capability: CapabilityFeatures, gates: Gate[]): void {
  if (scenario.constraints.publicAudience !== true || capability.input.genaiFiling !== undefined) return
  const { lexicon } = scenario
  const isGenerative = GENERATIVE.some(id => {
    const place = capability.concepts.numbers.indexOf(conceptNumber(lexicon, id))
    return place >= 0 && (capability.concepts.weights[place] ?? 0) > 1
  })
  if (isGenerative)
    gates.push(
      gate('genai-filing', sourceOf(scenario, 'publicAudience'), '/genaiFiling', 'filing or registration', null),
    )
}

function certificateGates(scenario: ScenarioFeatures, capability: CapabilityFeatures, gates: Gate[]): void {
  const held = capability.certificates
  const isAskedInField = scenario.input.constraints?.certificates !== undefined
  for (const asked of scenario.constraints.certificates) {
    const isLaw = asked.startsWith('cp.mlps')
    if (holdsCertificate(held ?? [], asked) || (held === undefined && !(isLaw && isAskedInField))) continue
    const rule = isLaw ? 'mlps-level' : 'certificate'
    const have = held === undefined ? null : held.join(', ')
    gates.push(gate(rule, sourceOf(scenario, 'certificates'), '/certificates', asked, have))
  }
}

function hardwareGates(scenario: ScenarioFeatures, { hardware }: CapabilityFeatures, gates: Gate[]): void {
  if (scenario.constraints.domesticHardware !== true || !hardware.includes('hw.gpu-nvidia')) return
  if (runsOnDomesticHardware(scenario.lexicon, hardware) !== undefined) return
  const field = sourceOf(scenario, 'domesticHardware')
  gates.push(gate('domestic-hardware', field, '/hardware', 'hw.domestic-ai', hardware.join(', ')))
}

function paceGates(
  scenario: ScenarioFeatures,
  { input: { latencyMs: have } }: CapabilityFeatures,
  gates: Gate[],
): void {
  const limit = scenario.constraints.latencyMsMax
  if (have === undefined || limit === undefined || have <= LATENCY_FACTOR * limit) return
  gates.push(gate('latency', sourceOf(scenario, 'latencyMsMax'), '/latencyMs', `${limit} ms`, `${have} ms`))
}

function dateGates(scenario: ScenarioFeatures, capability: CapabilityFeatures, gates: Gate[]): void {
  const have = capability.input.leadTimeDays
  const { startsOn, neededBy } = scenario
  if (have === undefined || startsOn === undefined || neededBy === undefined) return
  const windowDays = Math.max(0, countDays(neededBy) - countDays(startsOn))
  if (have <= LEAD_TIME_FACTOR * windowDays) return
  gates.push(gate('dates', '/neededBy', '/leadTimeDays', `${windowDays} days`, `${have} days`))
}

function regionGates(scenario: ScenarioFeatures, { regions }: CapabilityFeatures, gates: Gate[]): void {
  if (servesPlace(regions, scenario.place) !== 'no') return
  const need = scenario.input.place ?? ''
  gates.push(gate('region', '/place', '/regions', need, (regions?.phrases ?? []).join(', ')))
}
