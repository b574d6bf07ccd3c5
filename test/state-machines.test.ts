import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { takeStep as takeCapabilityStep } from '../src/capabilities/rules.ts'
import { CAPABILITY_STATES } from '../src/capabilities/tables.ts'
import { decideOutcome } from '../src/matching/outcome-rules.ts'
import { decide, MATCH_ACTIONS, MATCH_STATES, type MatchFacts, PLATFORM_ACTIONS } from '../src/matching/rules.ts'
import { OUTCOME_STATES, READERS } from '../src/matching/tables.ts'
import { INVITATION_STEPS, MEMBERSHIP_STEPS, takeInvitationStep, takeMembershipStep } from '../src/identity/rules.ts'
import { INVITATION_STATES, MEMBERSHIP_STATES } from '../src/identity/tables.ts'
import { STEPS as SCENARIO_STEPS, takeStep as takeScenarioStep } from '../src/scenarios/rules.ts'
import { SCENARIO_STATES } from '../src/scenarios/tables.ts'
import { DELIVERY_STATES, ENDPOINT_STATES } from '../src/webhooks/tables.ts'
import { ROOT } from './source.ts'

type Edge = { from: string; to: string; label: string }

const page = readFileSync(join(ROOT, 'docs/state-machines.md'), 'utf8')

/** The edges of the diagram under a heading; an edge from a group of states is one from each state in it. */
const edgesUnder = (heading: string): Edge[] => {
  const [, section = ''] = page.split(`\n## ${heading}\n`)
  const [, diagram = ''] = section.split('```')
  const groups = new Map<string, Set<string>>()
  const edges: Edge[] = []
  let group: Set<string> | undefined
  for (const line of diagram.split('\n').map(text => text.trim())) {
    const [, opened] = /^state (\w+) \{$/.exec(line) ?? []
    const [, from, to, label] = /^(\S+) --> (\w+): (.+)$/.exec(line) ?? []
    if (opened !== undefined) groups.set(opened, (group = new Set()))
    if (line === '}') group = undefined
    if (from === undefined || to === undefined || label === undefined) continue
    group?.add(from).add(to)
    edges.push({ from, to, label })
  }
  return edges.flatMap(edge => [...(groups.get(edge.from) ?? [edge.from])].map(from => ({ ...edge, from })))
}

const write = (edges: Edge[]): string[] =>
  [...new Set(edges.map(edge => `${edge.from} --> ${edge.to}: ${edge.label}`))].sort()

/** Every move that people and the platform can make, starting from a match that nobody has touched. */
const walkMatch = (): Edge[] => {
  const start: MatchFacts = {
    state: 'proposed',
    factoryInterested: false,
    vendorInterested: false,
    factoryAccepted: false,
    vendorAccepted: false,
  }
  const edges: Edge[] = []
  const seen = new Set<string>()
  const open = [start]
  for (let facts = open.pop(); facts; facts = open.pop()) {
    if (seen.has(JSON.stringify(facts))) continue
    seen.add(JSON.stringify(facts))
    for (const action of [...MATCH_ACTIONS, ...PLATFORM_ACTIONS])
      for (const side of [...READERS, 'platform'] as const) {
        const move = decide(facts, action, side)
        if (move.kind !== 'moved') continue
        if (move.facts.state !== facts.state) edges.push({ from: facts.state, to: move.facts.state, label: action })
        open.push(move.facts)
      }
  }
  return edges
}

const walkSteps = <State extends string, Step extends string>(
  states: readonly State[],
  steps: readonly Step[],
  take: (state: State, step: Step) => { state: State },
): Edge[] =>
  states.flatMap(from =>
    steps.map(label => ({ from, to: take(from, label).state, label })).filter(edge => edge.from !== edge.to),
  )

t.test('the diagram of a match shows every move of people and of the platform, and no other', async t => {
  t.same(write(edgesUnder('Match').filter(edge => edge.from !== '[*]')), write(walkMatch()))
})

t.test('the diagram of an outcome shows every decision, and no other', async t => {
  const edges = OUTCOME_STATES.flatMap(from =>
    (['confirm', 'dispute'] as const).flatMap(label => {
      const move = decideOutcome({ state: from, reportedBy: 'factory' }, label, 'vendor')
      return move.kind === 'moved' ? [{ from, to: move.state, label }] : []
    }),
  )
  t.same(write(edgesUnder('Outcome').filter(edge => edge.from !== '[*]')), write(edges))
})

t.test('the diagrams of demand and supply show every step, and no other', async t => {
  const ofScenario = walkSteps(SCENARIO_STATES, SCENARIO_STEPS, takeScenarioStep)
  t.same(write(edgesUnder('Scenario').filter(edge => edge.from !== '[*]')), write(ofScenario))
  const ofCapability = walkSteps(CAPABILITY_STATES, ['publish', 'withdraw'] as const, takeCapabilityStep)
  t.same(write(edgesUnder('Capability').filter(edge => edge.from !== '[*]')), write(ofCapability))
})

t.test('the diagrams of membership and invitation show every step, and no other', async t => {
  const ofMembership = walkSteps(MEMBERSHIP_STATES, MEMBERSHIP_STEPS, (state, step) => ({
    state: takeMembershipStep(state, step),
  }))
  t.same(write(edgesUnder('Membership').filter(edge => edge.from !== '[*]')), write(ofMembership))
  const ofInvitation = walkSteps(INVITATION_STATES, INVITATION_STEPS, (state, step) => ({
    state: takeInvitationStep(state, step),
  }))
  t.same(write(edgesUnder('Invitation').filter(edge => edge.from !== '[*]')), write(ofInvitation))
})

t.test('no state is missing from its diagram, and none is invented', async t => {
  const diagrams: [string, readonly string[]][] = [
    ['Match', MATCH_STATES],
    ['Outcome', OUTCOME_STATES],
    ['Scenario', SCENARIO_STATES],
    ['Capability', CAPABILITY_STATES],
    ['Membership', MEMBERSHIP_STATES],
    ['Invitation', INVITATION_STATES],
    ['Delivery', DELIVERY_STATES],
    ['Endpoint', ENDPOINT_STATES],
  ]
  for (const [heading, states] of diagrams) {
    const drawn = new Set(edgesUnder(heading).flatMap(edge => [edge.from, edge.to]))
    drawn.delete('[*]')
    t.same([...drawn].sort(), [...states].sort(), heading)
  }
})
