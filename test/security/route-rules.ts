import type { Role } from '../../src/platform/actor.ts'
import type { World } from './cast.ts'
import { canary, type Name } from './canaries.ts'

/**
 * Who may use a route on the things of the cast, and from which role on; whoever is not named is refused. `open` asks for
 * no key; `person` is for people who are signed in, so a key gets nowhere. A route that is not listed here fails the
 * test: it must be classified first.
 */
export type Rule = {
  who: Name[] | 'everyone' | 'open' | 'person'
  from?: Role
  /** Of these, only people who are signed in. */
  isPersonal?: true
  body?: object | string | ((world: World) => object)
  /** What a query must say, and how a body is typed that is no JSON. */
  query?: string | ((world: World) => string)
  contentType?: string
  /** The same route on another thing than the one of the cast, with its own list of who may. */
  places?: Place[]
  /** Ends something that other rules need: tried last by those who may, and one of them must get through. */
  isLast?: true
}
export type Place = {
  ids: Record<string, string>
  who: Name[] | 'everyone'
  /** Only those who may not are tried. */
  isQuiet?: boolean
}

const IN_PARK: Name[] = ['F', 'G', 'V0', 'V1', 'V2', 'U', 'PA']
const WITH_OPERATOR: Name[] = [...IN_PARK, 'O']
const PARTIES: Name[] = ['F', 'V2']
/** Who is in the consortium or invited to it, and who decides about it. */
const ASKED: Name[] = ['F', 'V1', 'V2', 'PA']
const STEERING: Name[] = ['F', 'PA']
const CHALLENGE = { consortiumId: 'challengeId' }
const WAITING: Place[] = [{ ids: { importId: 'waitingImportId' }, who: ['F'] }]
/** The same report as a file of each format. */
const FILES: Place[] = ['file1Id', 'file2Id', 'file3Id', 'file4Id'].map(fileId => ({ ids: { fileId }, who: ['PA'] }))
const reader = (who: Rule['who']): Rule => ({ who, from: 'reader' })
const editor = (who: Rule['who'], body?: Rule['body'], more: Partial<Rule> = {}): Rule => ({
  who,
  from: 'editor',
  ...(body ? { body } : {}),
  ...more,
})
const EVERYONE: Name[] = ['F', 'V0', 'V1', 'V2', 'G', 'U', 'H', 'W', 'PA', 'PB', 'O']

const funding = (world: World) => ({
  parkId: world.parkA,
  firmId: world.idOf('F'),
  day: '2026-10-30',
  costs: [{ kind: 'compute', amountYuan: 1_000 }],
})

export const RULES: Record<string, Rule> = {
  'GET /livez': { who: 'open' },
  'GET /readyz': { who: 'open' },
  'POST /v1/sessions': { who: 'open', body: { email: 'a@example.com', password: 'wrong-password' } },
  'POST /v1/sign-in-links': { who: 'open', body: { email: 'a@example.com' } },
  'POST /v1/sign-in-links/use': { who: 'open', body: { token: 'x' } },
  'GET /v1/me': reader('everyone'),
  'PATCH /v1/me': { who: 'person', body: {} },
  'PUT /v1/me/password': { who: 'person', body: { password: 'correct horse battery staple' }, isLast: true },
  'PUT /v1/me/organisation': { who: ['F'], isPersonal: true, body: world => ({ organisationId: world.idOf('F') }) },
  'GET /v1/me/sessions': { who: 'person' },
  'DELETE /v1/me/sessions/{sessionId}': { who: ['F'], isPersonal: true, isLast: true },
  'POST /v1/registrations': {
    who: 'open',
    body: {
      parkSlug: 'nowhere',
      name: '新企业',
      creditCode: '91350100M000100Y43',
      contact: { name: '甲', email: 'a@example.com' },
    },
  },
  'POST /v1/invitations/view': { who: 'open', body: { token: 'x' } },
  'POST /v1/invitations/accept': { who: 'open', body: { token: 'x' } },
  'GET /v1/invitations': reader('everyone'),
  'POST /v1/organisations/{organisationId}/invitations': {
    who: ['F'],
    from: 'owner',
    body: { email: 'new@example.com' },
  },
  'DELETE /v1/invitations/{invitationId}': { who: ['F'], from: 'owner', isLast: true },
  'POST /v1/invitations/{invitationId}/links': { who: ['F'], from: 'owner' },
  'POST /v1/parks/{parkId}/invitations': editor(['PA'], {}),
  'GET /v1/scenarios/{scenarioId}/park-access': reader(['F', 'PA']),
  'PUT /v1/scenarios/{scenarioId}/park-access': editor(['F'], { sealed: false }),
  'GET /v1/retention-rules': reader('everyone'),
  'PUT /v1/me/erasure': { who: 'person', body: { confirm: 'a@example.com' } },
  // Nobody of the cast has asked for his own.
  'GET /v1/me/erasure': { who: [] },
  'DELETE /v1/me/erasure': { who: [] },
  // Seven days pass before anything is erased.
  'POST /v1/erasures': {
    who: ['F', 'PA'],
    from: 'owner',
    body: world => ({ organisationId: world.idOf('F'), confirm: canary('factory-name', 'x') }),
  },
  'GET /v1/erasures': reader('everyone'),
  'GET /v1/erasures/{erasureId}': { who: [] },
  'DELETE /v1/erasures/{erasureId}': { who: [] },
  'GET /v1/erasures/{erasureId}/certificate': { who: [] },
  'POST /v1/erasure-certificates': { who: 'open', body: { receipt: 'x' } },
  'POST /v1/exclusions': editor('everyone', { name: '没有这家' }),
  'GET /v1/exclusions': editor('everyone'),
  'DELETE /v1/exclusions/{exclusionId}': editor(['F'], undefined, { isLast: true }),
  'GET /v1/parks/{parkId}/exclusions': editor(['PA']),
  'GET /v1/organisations/{organisationId}/people': reader(['F']),
  'PATCH /v1/organisations/{organisationId}/people/{personId}': {
    who: ['F'],
    from: 'owner',
    body: { role: 'reader' },
  },
  'DELETE /v1/organisations/{organisationId}/people/{personId}': { who: ['F'], from: 'owner', isLast: true },
  'POST /v1/organisations/{organisationId}/people/{personId}/sign-in-links': { who: ['F'], from: 'owner' },

  // The park may invite the first owner, and only him.

  'GET /v1/self': reader('everyone'),
  'POST /v1/parks': editor(['O'], { slug: 'new-park', name: '新园区', region: '广东', timeZone: 'Asia/Shanghai' }),
  'GET /v1/parks': reader('everyone'),
  'GET /v1/parks/{parkId}': reader('everyone'),
  'POST /v1/parks/{parkId}/memberships': editor(['H', 'PA', 'O'], world => ({ organisationId: world.idOf('H') })),
  'GET /v1/parks/{parkId}/memberships': reader('everyone'),
  'PATCH /v1/parks/{parkId}/memberships/{organisationId}': editor(['PA'], { state: 'active' }),
  'POST /v1/organisations': editor(['PA', 'O'], world => ({ kind: 'vendor', name: '新企业', parkId: world.parkA })),
  'GET /v1/organisations/{organisationId}': reader(['F', 'PA', 'O', 'V1', 'V2']),
  'POST /v1/organisations/{organisationId}/keys': { who: ['F'], from: 'owner', body: { name: 'x', role: 'reader' } },
  'GET /v1/organisations/{organisationId}/keys': {
    ...reader(['F']),
    places: [{ ids: { organisationId: 'vendorId' }, who: ['V2'] }],
  },
  'POST /v1/organisations/{organisationId}/keys/{keyId}/rotations': { who: ['F'], from: 'owner', body: {} },
  'DELETE /v1/organisations/{organisationId}/keys/{keyId}': { who: ['F'], from: 'owner', isLast: true },
  'GET /v1/parks/{parkId}/settings': reader(WITH_OPERATOR),
  'PATCH /v1/parks/{parkId}/settings': editor(['PA'], {}),

  'GET /v1/parks/{parkId}/targets': editor(['PA']),
  'POST /v1/parks/{parkId}/targets': editor(['PA'], {
    metric: 'vendors_joined',
    title: '引进企业',
    value: 10,
    from: '2026-01-01',
    to: '2026-12-31',
  }),
  'DELETE /v1/parks/{parkId}/targets/{targetId}': editor(['PA'], undefined, { isLast: true }),

  'GET /v1/parks/{parkId}/terms': reader('everyone'),
  'POST /v1/parks/{parkId}/terms': editor(['PA'], { zh: '仅用于评估合作。', en: 'For evaluation only.' }),

  'POST /v1/resources': editor(IN_PARK, world => ({
    parkId: world.parkA,
    element: 'data',
    kind: 'rs.labelbase',
    title: '标注',
  })),
  'GET /v1/resources': reader('everyone'),
  'GET /v1/resources/{resourceId}': reader(IN_PARK),

  'POST /v1/scenarios': editor(['F', 'G'], world => ({ title: '新场景', parkId: world.parkA })),
  'GET /v1/scenarios': reader('everyone'),
  'GET /v1/scenarios/{scenarioId}': {
    ...reader(WITH_OPERATOR),
    places: [{ ids: { scenarioId: 'returnedId' }, who: ['F', 'PA'] }],
  },
  'PATCH /v1/scenarios/{scenarioId}': editor(['F'], { place: '东莞' }),
  'POST /v1/interpretations': { ...reader('everyone'), body: { text: '冲压件划痕靠人工看' } },
  'POST /v1/scenarios/{scenarioId}/publish': editor(['F']),
  'POST /v1/scenarios/{scenarioId}/approve': editor(['PA'], undefined, { isLast: true }),
  'POST /v1/scenarios/{scenarioId}/return': editor(['PA'], { reason: '请补充' }, { isLast: true }),
  'POST /v1/scenarios/{scenarioId}/withdraw': editor(['F'], undefined, { isLast: true }),
  'POST /v1/capabilities': editor(['V0', 'V1', 'V2', 'U', 'W', 'F', 'G', 'H'], { title: '新能力' }),
  'GET /v1/capabilities': reader('everyone'),
  'GET /v1/capabilities/{capabilityId}': reader(WITH_OPERATOR),
  'PATCH /v1/capabilities/{capabilityId}': editor(['V2'], { trl: 7 }),
  'POST /v1/capabilities/{capabilityId}/publish': editor(['V2']),
  'POST /v1/capabilities/{capabilityId}/withdraw': editor(['V2'], undefined, { isLast: true }),

  'GET /v1/scenarios/{scenarioId}/matches': reader(WITH_OPERATOR),
  'GET /v1/scenarios/{scenarioId}/checklist': reader(WITH_OPERATOR),
  'GET /v1/capabilities/{capabilityId}/matches': reader(WITH_OPERATOR),
  'GET /v1/matches/{matchId}': reader([...PARTIES, 'PA']),
  'GET /v1/matches/{matchId}/transitions': reader([...PARTIES, 'PA']),
  'POST /v1/matches/{matchId}/transitions': editor([...PARTIES, 'PA'], { action: 'start_pilot' }),
  'GET /v1/matches/{matchId}/outcomes': reader([...PARTIES, 'PA']),
  'POST /v1/matches/{matchId}/outcomes': editor(PARTIES, {
    kpi: '节拍',
    unit: 's',
    baseline: 3,
    actual: 2,
    evidence: '抽检',
    measuredOn: '2026-10-30',
  }),
  'GET /v1/outcomes/{outcomeId}': reader([...PARTIES, 'PA']),
  'POST /v1/outcomes/{outcomeId}/decisions': editor([...PARTIES, 'PA'], { decision: 'confirm' }),

  'POST /v1/match-runs': editor(['PA', 'O'], world => ({ parkId: world.parkA })),
  'GET /v1/match-runs': reader('everyone'),
  'GET /v1/match-runs/{runId}': reader(['PA', 'O']),
  'POST /v1/match-runs/{runId}/cancel': editor(['PA', 'O']),

  'GET /v1/notices': { who: 'person' },
  'POST /v1/notices/read': { who: 'person', body: { ids: [`evt_${'0'.repeat(26)}`] } },
  'GET /v1/notices/mail-settings': { who: 'person' },
  'PATCH /v1/notices/mail-settings': { who: 'person', body: {} },
  'GET /v1/unsubscribe/{token}': { who: 'open' },
  'POST /v1/unsubscribe/{token}': { who: 'open' },

  'GET /v1/matches': reader('everyone'),
  'POST /v1/resources/{resourceId}/reservations': editor(IN_PARK, {
    amount: 1,
    fromDay: '2030-09-01',
    untilDay: '2030-09-05',
    purpose: '打光验证',
  }),
  'GET /v1/reservations': reader('everyone'),
  'POST /v1/reservations/{reservationId}/transitions': editor(['V2', 'PA'], { state: 'returned' }),
  'GET /v1/parks/{parkId}/data-catalogue': reader('everyone'),
  'POST /v1/funding-rules': editor(['PA'], world => ({
    parkId: world.parkA,
    title: '算力券',
    source: '东府〔2025〕1号',
    costs: ['compute'],
    share: 5_000,
  })),
  'GET /v1/parks/{parkId}/funding-rules': reader('everyone'),
  'POST /v1/funding-plans': { ...reader(['F', 'PA']), body: funding },
  'POST /v1/funding-grants': editor(['PA'], funding),
  'GET /v1/funding-grants/{grantId}': reader(['F', 'PA']),

  'POST /v1/consortia': editor(['F', 'PA'], world => ({
    scenarioId: world.ids['scenarioId'] ?? '',
    deadlineAt: '2030-12-31T10:00:00.000Z',
  })),
  'GET /v1/consortia': reader('everyone'),
  'GET /v1/consortia/{consortiumId}': { ...reader(ASKED), places: [{ ids: CHALLENGE, who: IN_PARK }] },
  'POST /v1/consortia/{consortiumId}/invitations': editor(
    STEERING,
    {},
    { places: [{ ids: CHALLENGE, who: STEERING }] },
  ),
  'POST /v1/consortia/{consortiumId}/membership': editor(['F', 'V1', 'V2'], { action: 'decline' }),
  'POST /v1/consortia/{consortiumId}/charters': {
    who: ['F', 'V2'],
    from: 'editor',
    body: world => ({
      terms: '目的与分工',
      shares: ['F', 'V2'].map(name => ({ organisationId: world.idOf(name as Name), cost: 5_000, result: 5_000 })),
    }),
  },
  'POST /v1/consortia/{consortiumId}/votes': editor(['F', 'V2'], { version: 1, approves: true }),
  'POST /v1/consortia/{consortiumId}/transitions': editor(STEERING, { action: 'complete' }),
  'POST /v1/consortia/{consortiumId}/answers': {
    // No challenge: whoever sees it is told so.
    who: ASKED,
    from: 'editor',
    places: [{ ids: CHALLENGE, who: ['V0', 'V1', 'V2', 'U'] }],
    body: { approach: '先采集后标注', facets: ['pb.defect-inspection'], costYuan: 1, weeks: 1 },
  },
  'GET /v1/pools': reader('everyone'),
  'GET /v1/pools/{poolId}': { who: [] },
  'POST /v1/pools/{poolId}/membership': { who: [], body: { action: 'join' } },
  'POST /v1/pools/{poolId}/quotes': { who: [], body: { costYuan: 1_000 } },
  'POST /v1/pools/{poolId}/transitions': { who: [], body: { action: 'form' } },
  'GET /v1/consortia/{consortiumId}/answers': { ...reader(ASKED), places: [{ ids: CHALLENGE, who: IN_PARK }] },
  'POST /v1/challenge-answers/{answerId}/review': editor(STEERING, { score: 1 }),

  'POST /v1/rounds': editor(['PA'], world => ({
    parkId: world.parkA,
    title: '对接会',
    deadlineAt: '2030-12-31T10:00:00.000Z',
    scenarios: [{ scenarioId: world.ids['scenarioId'] ?? '', capacity: 1 }],
    vendors: [{ vendorId: world.idOf('V2'), capacity: 1 }],
  })),
  'GET /v1/rounds': reader('everyone'),
  'GET /v1/rounds/{roundId}': reader(IN_PARK),
  'POST /v1/rounds/{roundId}/preferences': {
    // Whom the park writes down for a member that has called: also the park.
    who: ['V2', 'PA'],
    from: 'editor',
    body: world => ({ subjectId: world.idOf('V2'), preferences: [] }),
  },
  'GET /v1/rounds/{roundId}/dry-run': editor(['PA']),
  'POST /v1/rounds/{roundId}/transitions': editor(['PA'], { action: 'publish' }, { isLast: true }),

  'GET /v1/events': reader('everyone'),
  'GET /v1/parks/{parkId}/audit': reader(['PA']),
  'GET /v1/audit': reader('everyone'),
  'POST /v1/webhook-endpoints': editor(EVERYONE, { url: 'http://127.0.0.1:19998/x', eventTypes: ['match.*'] }),
  'GET /v1/webhook-endpoints': reader('everyone'),
  'GET /v1/webhook-endpoints/{endpointId}': reader(['V2']),
  'PATCH /v1/webhook-endpoints/{endpointId}': editor(['V2'], { rateMax: 10 }),
  'DELETE /v1/webhook-endpoints/{endpointId}': editor(['V2'], undefined, { isLast: true }),
  'POST /v1/webhook-endpoints/{endpointId}/rotate-secret': editor(['V2'], {}),
  'POST /v1/webhook-endpoints/{endpointId}/reveal-secret': { who: ['V2'], from: 'owner' },
  'POST /v1/webhook-endpoints/{endpointId}/disable': editor(['V2']),
  'POST /v1/webhook-endpoints/{endpointId}/enable': editor(['V2'], { replay: 'none' }),
  'POST /v1/webhook-endpoints/{endpointId}/test': editor(['V2'], {}),
  'GET /v1/deliveries': reader('everyone'),
  'GET /v1/deliveries/{deliveryId}': reader(['V2']),
  'POST /v1/deliveries/{deliveryId}/resend': editor(['V2']),
  'POST /v1/webhook-endpoints/{endpointId}/recover': editor(['V2'], { since: '2026-11-20T00:00:00Z' }),
  'GET /v1/webhook-endpoints/{endpointId}/recoveries': reader(['V2']),
  'GET /v1/webhook-recoveries/{recoveryId}': reader(['V2']),
  'POST /v1/webhook-recoveries/{recoveryId}/cancel': editor(['V2']),
  'GET /v1/parks/{parkId}/report': editor(['PA']),
  'GET /v1/parks/{parkId}/report/trends': editor(['PA']),
  'GET /v1/parks/{parkId}/report/rows': { ...editor(['PA']), query: '?figure=scenarios.published' },
  'GET /v1/parks/{parkId}/report/file': { ...editor(['PA']), query: '?format=csv' },
  'POST /v1/parks/{parkId}/report-files': editor(['PA'], { format: 'csv' }),
  'GET /v1/report-files/{fileId}': { ...reader(['PA']), places: FILES },
  'GET /v1/report-files/{fileId}/content': { ...reader(['PA']), places: FILES },
  'GET /v1/scenarios/{scenarioId}/report': reader(WITH_OPERATOR),
  'GET /v1/capabilities/{capabilityId}/report': reader(WITH_OPERATOR),

  'POST /v1/imports': {
    ...editor(['F', 'G', 'PA']),
    query: world => `?kind=scenarios&parkId=${world.parkA}`,
    body: 'title\n划痕漏检\n',
    contentType: 'text/csv',
  },
  'GET /v1/imports': reader('everyone'),
  'GET /v1/imports/{importId}': { ...reader(['F']), places: WAITING },
  'GET /v1/imports/{importId}/preview': { ...reader(['F']), places: WAITING },
  'POST /v1/imports/{importId}/start': editor(['F'], {}, { places: WAITING }),
  'POST /v1/imports/{importId}/cancel': editor(['F'], undefined, { places: WAITING }),
  'GET /v1/imports/{importId}/progress': reader(['F']),
  'GET /v1/imports/{importId}/rejected.csv': reader(['F']),
  'GET /v1/import-mappings': reader('everyone'),
  'PUT /v1/import-mappings/{kind}/{name}': editor('everyone', { columns: { 项目: 'title' } }),
  'DELETE /v1/import-mappings/{kind}/{name}': { ...editor('everyone'), isLast: true },
  'GET /v1/exports/{kind}': reader('everyone'),
}
