import type { Name } from './canaries.ts'
import type { Rule } from './route-rules.ts'

const IN_PARK: Name[] = ['F', 'G', 'V0', 'V1', 'V2', 'U', 'PA']
const WITH_OPERATOR: Name[] = [...IN_PARK, 'O']
const PARTIES: Name[] = ['F', 'V2', 'PA']
const page = (who: Rule['who'], more: Partial<Rule> = {}): Rule => ({ who, isPersonal: true, ...more })

/** Who may open and send which page of the console: people alone, whatever key one has. */
export const CONSOLE_RULES: Record<string, Rule> = {
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
  // Leads to the page where one signs in, whoever sends it; after it nobody is anybody.
  'POST /console/sign-out': { who: 'open', isLast: true },
}
