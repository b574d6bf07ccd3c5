import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { readCapability } from '../capabilities/queries.ts'
import { isMeasurable } from '../matching/outcome-rules.ts'
import { listOutcomes } from '../matching/outcome-service.ts'
import { findMatch, factsOf, listTransitions, readMatch } from '../matching/queries.ts'
import { stageOf } from '../matching/redact.ts'
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
import { tellDisclosure, tellLadder, tellOutcomes } from './firm/dealing.ts'
import { tellProblem } from './forms.ts'
import { highlightTexts } from './highlight.ts'
import { tellProof } from './proof.ts'
import { sendPage } from './render.ts'
import { requireVisitor } from './visit.ts'

const Params = z.object({ matchId: Id('match') })

/** One match, laid out as a page that a person reads. */
export const matchRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.get('/matches/:matchId', { schema: { params: Params } }, (req, reply) =>
      showMatch(deps, req, reply, req.params.matchId),
    )
  }

/** What was filled in and refused, to be mended on the page itself. */
type Refused = { error?: ProblemError; outcome?: object }

/** The page of a match as it stands now. */
export const showMatch = async (
  deps: Deps,
  req: FastifyRequest,
  reply: FastifyReply,
  matchId: string,
  refused: Refused = {},
): Promise<FastifyReply> => {
  const visit = requireVisitor(req)
  const { actor } = visit.signedIn
  const voice = { language: visit.language, lexicon: deps.lexicon }
  const found = await transaction(deps, actor, async tx => {
    const row = await findMatch(tx, matchId)
    return {
      row,
      match: await readMatch(tx, { actor, ...voice }, matchId),
      terms: await listTerms(tx, [row.parkId]),
      history: await listTransitions(tx, { actor, ...voice }, matchId),
      outcomes: await listOutcomes(tx, matchId),
      ...(await readSides(tx, actor, row)),
    }
  })
  const { match, row, scenario, capability } = found
  const proof = match.explanation
  const mayAct = actor.role !== 'reader'
  return sendPage(reply, visit, {
    template: 'match',
    title: `${match.scenarioTitle ?? ''} × ${match.capabilityTitle ?? ''}`,
    status: refused.error?.problem.status ?? 200,
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
      actions: mayAct ? listActions(factsOf(row), match.side) : [],
      reasons: DECLINE_REASONS,
      terms: found.terms,
      disclosing: DISCLOSING_ACTIONS,
      now: deps.clock.now(),
      ladder: tellLadder(match.state),
      disclosure: tellDisclosure(stageOf(row), match.side, { scenario, capability }, visit.language),
      outcomes: tellOutcomes(found.outcomes.items, mayAct ? match.side : 'park'),
      mayReport: mayAct && match.side !== 'park' && isMeasurable(match.state),
      outcome: refused.outcome ?? {},
      key: deps.random(16).toString('base64url'),
      error: tellProblem(refused.error, visit.language),
    },
  })
}

/** Both sides as far as this reader may see them; a side that was taken back since may be gone for him. */
const readSides = async (
  tx: Tx,
  actor: Parameters<typeof readCapability>[1],
  { scenarioId, capabilityId }: { scenarioId: string; capabilityId: string },
) => ({
  scenario: await readScenario(tx, scenarioId).catch(absent),
  capability: await readCapability(tx, actor, capabilityId).catch(absent),
})

const absent = (error: unknown): undefined => {
  if (error instanceof ProblemError && error.problem === problems.notFound) return undefined
  throw error
}
