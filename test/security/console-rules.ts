import type { Name } from './canaries.ts'
import { page, type Place, type Rule, WITH_OPERATOR } from './rule.ts'

const PARTIES: Name[] = ['F', 'V2', 'PA']

/** The invitation that the park itself made. */
const OF_COMPANY: Place[] = [{ ids: { invitationId: 'companyInvitationId' }, who: ['PA'] }]

/** The list that the park itself has sent. */
const OF_PARK: Place[] = [{ ids: { importId: 'parkImportId' }, who: ['PA'] }]
/** An endpoint besides the one that all else needs. */
const OWN_ENDPOINT: Place = { ids: { endpointId: 'spareEndpointId' }, who: ['F'] }
/** What waits for the park's decision. */
const HELD: Place[] = [{ ids: { scenarioId: 'heldId' }, who: ['PA'] }]

/** Who may open and send which page of the console: people alone, whatever key one has. */
export const CONSOLE_RULES: Record<string, Rule> = {
  'GET /': { who: 'open' },
  'GET /join': { who: 'open' },
  'GET /console': { who: 'open' },
  'GET /console/*': { who: 'open' },
  'GET /console/sign-in': { who: 'open' },
  'POST /console/sign-in': { who: 'open', body: { email: 'a@example.com', password: 'wrong-password' } },
  'POST /console/sign-in/link': { who: 'open', body: { token: 'x' } },
  'POST /console/sign-in/mail': { who: 'open', body: { email: 'a@example.com' } },
  'GET /console/language/:language': { who: 'open' },
  'POST /console/organisation': page(['F'], { body: world => ({ organisationId: world.idOf('F') }) }),

  'GET /console/scenarios': page('person'),
  'GET /console/scenarios/new': page('person'),
  'POST /console/scenarios/help': page('person', { body: { text: '冲压件划痕靠人工看' } }),
  'POST /console/scenarios': page(['F', 'G'], {
    body: world => ({ title: '新场景', parkId: world.parkA, text: '冲压件划痕靠人工看' }),
  }),
  'GET /console/scenarios/:scenarioId': page(WITH_OPERATOR),
  'POST /console/scenarios/:scenarioId/publish': page(['F']),
  'POST /console/scenarios/:scenarioId/withdraw': page(['F'], { isLast: true }),
  'GET /console/capabilities': page('person'),
  'GET /console/capabilities/:capabilityId': page(WITH_OPERATOR),
  'GET /console/matches': page('person'),
  'GET /console/matches/:matchId': page(PARTIES),
  'GET /console/decisions': page('person'),
  'POST /console/matches/:matchId/moves': page(PARTIES, { body: { action: 'start_pilot' } }),

  'GET /console/parks/:parkId': page('person'),
  'GET /console/parks/:parkId/figures': page(['PA']),
  'GET /console/parks/:parkId/rows': page(['PA'], { query: '?figure=scenarios.published' }),

  'GET /console/endpoints': page('person'),
  'GET /console/deliveries/:deliveryId': page(['V2']),
  'POST /console/deliveries/:deliveryId/resend': page(['V2']),
  'POST /console/endpoints/:endpointId/test': page(['V2']),
  'POST /console/endpoints/:endpointId/disable': page(['V2']),
  'POST /console/endpoints/:endpointId/enable': page(['V2'], { body: { replay: 'none' } }),
  'GET /console/operations': page(['O']),
  'POST /console/operations/:queue/:step': page(['O'], { isLast: true }),

  'GET /console/parks/:parkId/approvals': page(['PA']),
  'POST /console/scenarios/:scenarioId/approve': page(['PA'], { body: { version: '99' }, places: HELD }),
  'POST /console/scenarios/:scenarioId/return': page(['PA'], {
    body: { reason: '请补充' },
    places: HELD,
    isLast: true,
  }),
  'GET /console/parks/:parkId/approvals/members': page(['PA']),
  'POST /console/parks/:parkId/approvals/members/:organisationId': page(['PA'], { body: { state: 'active' } }),
  'GET /console/parks/:parkId/approvals/invitations': page(['PA']),
  'POST /console/parks/:parkId/approvals/invitations': page(['PA'], { body: { name: '' } }),
  'POST /console/parks/:parkId/approvals/invitations/list': page(['PA'], { body: { list: '' } }),
  'POST /console/parks/:parkId/approvals/invitations/file': page(['PA'], {
    contentType: 'application/octet-stream',
    body: '企业名称\n',
  }),
  'POST /console/parks/:parkId/approvals/invitations/:invitationId/revoke': page([], {
    places: OF_COMPANY,
    isLast: true,
  }),
  'POST /console/parks/:parkId/approvals/invitations/:invitationId/renew': page([], { places: OF_COMPANY }),
  'GET /console/parks/:parkId/report': page(['PA']),
  'GET /console/parks/:parkId/report/trends': page(['PA']),
  'GET /console/parks/:parkId/report/figures': page(['PA']),
  'POST /console/parks/:parkId/report/files': page(['PA'], { body: { format: 'csv' } }),
  'GET /console/parks/:parkId/report/files/:fileId': page(['PA']),
  'GET /console/parks/:parkId/report/files/:fileId/progress': page(['PA']),
  'GET /console/parks/:parkId/settings': page(['PA']),
  'POST /console/parks/:parkId/settings': page(['PA'], { body: {} }),
  'GET /console/parks/:parkId/settings/focus': page(['PA']),
  'POST /console/parks/:parkId/settings/focus': page(['PA'], { body: {} }),
  'GET /console/parks/:parkId/settings/focus-effect': page(['PA']),
  'GET /console/parks/:parkId/settings/targets': page(['PA']),
  'POST /console/parks/:parkId/settings/targets': page(['PA'], { body: {} }),
  'POST /console/parks/:parkId/settings/targets/:targetId/delete': page(['PA'], {
    places: [{ ids: { targetId: 'spareTargetId' }, who: ['PA'] }],
    isLast: true,
  }),
  'GET /console/parks/:parkId/settings/terms': page(['PA']),
  'POST /console/parks/:parkId/settings/terms': page(['PA'], { body: {} }),
  'GET /console/parks/:parkId/settings/funding': page(['PA']),

  'GET /console/parks/:parkId/audit': page(['PA']),
  'POST /console/parks/:parkId/audit/verify': page(['PA'], { body: {} }),
  'GET /console/parks/:parkId/imports': page(['PA']),
  'POST /console/parks/:parkId/imports': page(['PA'], { body: { kind: 'scenarios', list: '' } }),
  'POST /console/parks/:parkId/imports/file': page(['PA'], {
    query: '?kind=scenarios',
    contentType: 'application/octet-stream',
    body: 'title\n',
  }),
  // The park's own list, which waits; nobody may follow that of the factory.
  'GET /console/parks/:parkId/imports/:importId': page([], { places: OF_PARK }),
  'GET /console/parks/:parkId/imports/:importId/progress': page([]),
  'POST /console/parks/:parkId/imports/:importId/start': page(['F'], { places: OF_PARK, body: {} }),
  'POST /console/parks/:parkId/imports/:importId/cancel': page([], { places: OF_PARK }),
  'GET /console/parks/:parkId/resources': page(['PA']),
  'POST /console/parks/:parkId/reservations/:reservationId/end': page(['V2', 'PA'], { body: { state: 'returned' } }),
  'GET /console/parks/:parkId/rounds': page(['PA']),
  'GET /console/parks/:parkId/rounds/new': page(['PA']),
  'POST /console/parks/:parkId/rounds': page(['PA'], { body: {} }),
  'GET /console/parks/:parkId/rounds/:roundId': page(['PA']),
  'GET /console/parks/:parkId/rounds/:roundId/dry-run': page(['PA']),
  'GET /console/parks/:parkId/rounds/:roundId/preferences/:subjectId': page(['PA']),
  'POST /console/parks/:parkId/rounds/:roundId/preferences/:subjectId': page(['V2', 'PA'], {
    body: { order: 'score' },
  }),
  'POST /console/parks/:parkId/rounds/:roundId/end': page(['PA'], { body: { action: 'publish' } }),
  'GET /console/parks/:parkId/runs': page(['PA']),
  'POST /console/parks/:parkId/runs': page(['PA', 'O'], { body: {} }),
  'GET /console/parks/:parkId/runs/:runId': page(['PA']),
  'GET /console/parks/:parkId/runs/:runId/progress': page(['PA']),
  'POST /console/parks/:parkId/runs/:runId/cancel': page(['PA']),
  'GET /console/join': { who: 'open' },
  'POST /console/join/view': { who: 'open', body: { token: 'x' } },
  'POST /console/join': { who: 'open', body: { token: 'x' } },
  'GET /console/register': { who: 'open' },
  'POST /console/register': { who: 'open', body: { parkSlug: 'nowhere' } },
  'GET /console/account': page('person'),
  'POST /console/account': page('person', { body: { name: '陈工' } }),
  'POST /console/account/mail': page('person', { body: {} }),
  'POST /console/account/password': page('person', { body: { password: 'short' } }),
  'POST /console/account/sessions/:sessionId/end': page(['F'], {
    places: [{ ids: { sessionId: 'spareSessionId' }, who: ['F'] }],
    isLast: true,
  }),
  'GET /console/company': page('person'),
  'POST /console/company/parks': page(['F', 'G', 'V0', 'V1', 'V2', 'U', 'H'], {
    body: world => ({ parkId: world.parkA }),
  }),
  'GET /console/company/people': page('person'),
  'POST /console/company/invitations': page('person', { body: { email: '' } }),
  'POST /console/company/invitations/:invitationId/link': page(['F'], { places: OF_COMPANY }),
  'POST /console/company/invitations/:invitationId/revoke': page(['F'], { places: OF_COMPANY, isLast: true }),
  'POST /console/company/people/:personId/role': page(['F'], { body: { role: 'reader' } }),
  'POST /console/company/people/:personId/link': page(['F']),
  'POST /console/company/people/:personId/remove': page(['F'], {
    places: [{ ids: { personId: 'sparePersonId' }, who: ['F'] }],
    isLast: true,
  }),
  'GET /console/company/keys': page('person'),
  'POST /console/company/keys': page('person', { body: { name: '' } }),
  'POST /console/company/keys/:keyId/rotate': page(['F'], { body: { overlapHours: '1' } }),
  'POST /console/company/keys/:keyId/revoke': page(['F'], {
    places: [{ ids: { keyId: 'spareKeyId' }, who: ['F'] }],
    isLast: true,
  }),

  'GET /console/inbox': page('person'),
  'POST /console/inbox/read': page('person', { body: { ids: `evt_${'0'.repeat(26)}` } }),
  'POST /console/inbox/:eventId/open': page('person', { body: { next: '/console' } }),
  'POST /console/endpoints': page('person', { body: { url: '', eventTypes: 'match.*' } }),
  'POST /console/endpoints/:endpointId/change': page(['V2'], { body: { url: '', eventTypes: 'match.*', etag: '"0"' } }),
  'POST /console/endpoints/:endpointId/rotate': page(['V2'], { body: { overlapHours: '1' } }),
  'POST /console/endpoints/:endpointId/delete': page(['V2'], { isLast: true, places: [OWN_ENDPOINT] }),
  'POST /console/matches/:matchId/outcomes': page(['F', 'V2'], {
    body: {
      kpi: '节拍',
      unit: 's',
      baseline: '3',
      actual: '2',
      evidence: '抽检',
      measuredOn: '2026-10-30',
    },
  }),
  'POST /console/outcomes/:outcomeId/decisions': page(PARTIES, { body: { decision: 'confirm' } }),

  // Leads to the page where one signs in, whoever sends it; after it nobody is anybody.
  'POST /console/sign-out': { who: 'open', isLast: true },
}
