import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { readCapability } from '../capabilities/queries.ts'
import { findMatch, factsOf, listTransitions, readMatch } from '../matching/queries.ts'
import { DECLINE_REASONS } from '../matching/rules.ts'
import { transaction, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { problems, ProblemError } from '../platform/errors.ts'
import { Id } from '../platform/schemas.ts'
import { readScenario } from '../scenarios/queries.ts'
import { DISCLOSING_ACTIONS } from '../matching/terms.ts'
import { listTerms } from '../parks/terms.ts'
import { listActions } from './actions.ts'
import { tellFields } from './fields.ts'
import { highlightTexts } from './highlight.ts'
import { tellProof } from './proof.ts'
import { sendPage } from './render.ts'
import { requireVisitor } from './visit.ts'

const Params = z.object({ matchId: Id('match') })

/** One match, laid out as a page that a person reads. */
export const matchRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.get('/matches/:matchId', { schema: { params: Params } }, async (req, reply) => {
      const visit = requireVisitor(req)
      const { actor } = visit.signedIn
      const voice = { language: visit.language, lexicon: deps.lexicon }
      const found = await transaction(deps, actor, async tx => ({
        match: await readMatch(tx, { actor, ...voice }, req.params.matchId),
        terms: await listTerms(tx, [(await findMatch(tx, req.params.matchId)).parkId]),
        facts: factsOf(await findMatch(tx, req.params.matchId)),
        history: await listTransitions(tx, { actor, ...voice }, req.params.matchId),
        ...(await readSides(tx, actor, req.params.matchId)),
      }))
      const { match, scenario, capability } = found
      const proof = match.explanation
      return sendPage(reply, visit, {
        template: 'match',
        title: `${match.scenarioTitle ?? ''} × ${match.capabilityTitle ?? ''}`,
        data: {
          match,
          history: found.history.items,
          proof: proof && tellProof(proof, voice),
          demand: scenario && {
            texts: highlightTexts(scenario, proof, 'scenario'),
            fields: tellFields(scenario, visit.language, deps.lexicon),
          },
          supply: capability && {
            texts: highlightTexts(capability, proof, 'capability'),
            fields: tellFields(capability, visit.language, deps.lexicon),
          },
          actions: actor.role === 'reader' ? [] : listActions(found.facts, match.side),
          reasons: DECLINE_REASONS,
          terms: found.terms,
          disclosing: DISCLOSING_ACTIONS,
          now: deps.clock.now(),
        },
      })
    })
  }

/** Both sides as far as this reader may see them; a side that was taken back since may be gone for him. */
const readSides = async (tx: Tx, actor: Parameters<typeof readCapability>[1], matchId: string) => {
  const { scenarioId, capabilityId } = await findMatch(tx, matchId)
  return {
    scenario: await readScenario(tx, scenarioId).catch(absent),
    capability: await readCapability(tx, actor, capabilityId).catch(absent),
  }
}

const absent = (error: unknown): undefined => {
  if (error instanceof ProblemError && error.problem === problems.notFound) return undefined
  throw error
}
