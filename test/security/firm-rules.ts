import { canary } from './canaries.ts'
import { ASKED, CHALLENGE, IN_PARK, page, type Rule, STEERING, WITH_OPERATOR } from './rule.ts'

/** Refused as old by whoever owns the thing, so that nothing is changed under the tries that come after. */
const OLD = { etag: '"99"' }
const inAMonth = () => new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10)

/** Who may open and send the pages on which companies write demand and supply, and come together. */
export const FIRM_RULES: Record<string, Rule> = {
  'GET /console/scenarios/:scenarioId/edit': page(['F']),
  'POST /console/scenarios/:scenarioId/edit': page(['F'], { body: OLD }),
  'POST /console/scenarios/:scenarioId/answers': page(['F'], { body: { ...OLD, 'answer.0': '每天三班' } }),
  'GET /console/scenarios/:scenarioId/matches': page(WITH_OPERATOR),
  'GET /console/scenarios/:scenarioId/live': page(WITH_OPERATOR, { isStream: true }),
  'GET /console/scenarios/:scenarioId/checklist': page(WITH_OPERATOR),
  'POST /console/scenarios/:scenarioId/consortium': page(STEERING, {
    body: () => ({ mode: 'challenge', until: inAMonth() }),
  }),

  // Whoever edits may open the form; what a park or the operator sends is refused.
  'GET /console/capabilities/new': page('person'),
  'POST /console/capabilities/help': page('person', { body: { text: '小样本表面缺陷检测' } }),
  'POST /console/capabilities': page(['V0', 'V1', 'V2', 'U', 'F', 'G', 'H'], {
    body: { title: '新能力', text: '小样本表面缺陷检测' },
  }),
  'GET /console/capabilities/:capabilityId/edit': page(['V2']),
  'POST /console/capabilities/:capabilityId/edit': page(['V2'], { body: OLD }),
  'POST /console/capabilities/:capabilityId/publish': page(['V2']),
  'POST /console/capabilities/:capabilityId/withdraw': page(['V2'], { isLast: true }),

  'GET /console/company/exclusions': page('person'),
  'POST /console/company/exclusions': page('person', { body: { name: '没有这家' } }),
  'POST /console/company/exclusions/:exclusionId/end': page(['F'], { isLast: true }),

  'GET /console/consortia': page('person'),
  'GET /console/consortia/:consortiumId': page(ASKED, { places: [{ ids: CHALLENGE, who: IN_PARK }] }),
  'POST /console/consortia/:consortiumId/invitations': page(STEERING, {
    body: {},
    places: [{ ids: CHALLENGE, who: STEERING }],
  }),
  'POST /console/consortia/:consortiumId/membership': page(['F', 'V1', 'V2'], { body: { action: 'decline' } }),
  'POST /console/consortia/:consortiumId/charters': page(['F', 'V2'], {
    body: world => ({
      terms: '目的与分工',
      ...Object.fromEntries(
        [world.idOf('F'), world.idOf('V2')].flatMap(id => [
          [`cost.${id}`, '50'],
          [`result.${id}`, '50'],
        ]),
      ),
    }),
  }),
  'POST /console/consortia/:consortiumId/votes': page(['F', 'V2'], { body: { version: '1', approves: 'yes' } }),
  'POST /console/consortia/:consortiumId/transitions': page(STEERING, { body: { action: 'complete' } }),
  'POST /console/consortia/:consortiumId/answers': page(ASKED, {
    // No challenge: whoever sees it is told so.
    places: [{ ids: CHALLENGE, who: ['V0', 'V1', 'V2', 'U'] }],
    body: { approach: '先采集后标注', facets: 'pb.defect-inspection', costYuan: '1', weeks: '1' },
  }),
  'POST /console/consortia/answers/:answerId/review': page(STEERING, { body: { score: '1' } }),

  'GET /console/pools': page('person'),
  'GET /console/pools/:poolId': page(['F', 'G', 'PA']),
  'POST /console/pools/:poolId/membership': page(['F', 'G'], { body: { action: 'decline' } }),
  'POST /console/pools/:poolId/quotes': page(STEERING, {
    body: { costYuan: '1000', note: canary('pool-members', 'note') },
  }),
  'POST /console/pools/:poolId/transitions': page(STEERING, { body: { action: 'form' } }),
}
