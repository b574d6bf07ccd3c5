import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requireEditor, requireMember } from '../identity/authenticate.ts'
import { storeOnce } from '../identity/idempotency.ts'
import { dayIn, HOME_TIME_ZONE } from '../platform/clock.ts'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { languageOf } from '../platform/errors.ts'
import { Id, IdempotencyHeaders, IfMatchHeaders, pageOf, problemsOf } from '../platform/schemas.ts'
import { Interpretation, interpretText, NewInterpretation } from './interpretations.ts'
import { listScenarios, readScenario, readWithSuggestions } from './queries.ts'
import { NewScenario, Scenario, ScenarioCard, ScenarioPatch, ScenarioQuery, ScenarioReturn } from './schemas.ts'
import { reviewScenario } from './reviews.ts'
import { changeScenario, createScenario, publishScenario, withdrawScenario } from './service.ts'

const Params = z.object({ scenarioId: Id('scenario') })
const tags = ['scenarios']

/** Demand, and what the engine reads out of it before it is one. Mounted at /v1. */
export const scenarioRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.post(
      '/scenarios',
      {
        schema: {
          summary: 'Post a scenario',
          description:
            'A draft, or published at once. Words that name no concept are kept and answered with `suggestions`.',
          tags,
          headers: IdempotencyHeaders,
          body: NewScenario,
          response: { 201: Scenario, ...problemsOf(403, 404, 409, 413) },
        },
      },
      async (req, reply) => {
        const language = languageOf(req.headers['accept-language'])
        const actor = requireEditor(req)
        const scenario = await storeOnce(deps, req, reply, {
          status: 201,
          work: tx => createScenario(tx, deps, actor, req.body, language),
          render: (tx, id) => readWithSuggestions(tx, deps, id, language),
        })
        reply.header('location', `/v1/scenarios/${scenario.id}`).header('etag', scenario.etag)
        return scenario
      },
    )
    app.get(
      '/scenarios',
      {
        schema: {
          summary: 'List scenarios',
          description: 'The public tier, newest first. Read one to see the tiers that are open to you.',
          tags,
          querystring: ScenarioQuery,
          response: { 200: pageOf(ScenarioCard), ...problemsOf() },
        },
      },
      async req => {
        const actor = requireMember(req)
        return transaction(deps, actor, tx => listScenarios(tx, actor, req.query))
      },
    )
    app.get(
      '/scenarios/:scenarioId',
      { schema: { summary: 'Read a scenario', tags, params: Params, response: { 200: Scenario, ...problemsOf(404) } } },
      async (req, reply) => {
        const scenario = await transaction(deps, requireMember(req), tx => readScenario(tx, req.params.scenarioId))
        reply.header('etag', scenario.etag)
        return scenario
      },
    )
    app.patch(
      '/scenarios/:scenarioId',
      {
        schema: {
          summary: 'Change a scenario',
          description:
            'A field that is given replaces the whole field, `null` removes it, one that is left out stays. Needs `If-Match`.',
          tags,
          params: Params,
          headers: IfMatchHeaders,
          body: ScenarioPatch,
          response: { 200: Scenario, ...problemsOf(403, 404, 412, 413, 428) },
        },
      },
      async (req, reply) => {
        const language = languageOf(req.headers['accept-language'])
        const actor = requireEditor(req)
        const target = { id: req.params.scenarioId, ifMatch: req.headers['if-match'] }
        const scenario = await transaction(deps, actor, async tx => {
          await changeScenario(tx, deps, actor, target, req.body, language)
          return readWithSuggestions(tx, deps, target.id, language)
        })
        reply.header('etag', scenario.etag)
        return scenario
      },
    )
    app.post(
      '/interpretations',
      {
        schema: {
          summary: 'Read a demand in plain words',
          description:
            'What the engine understands of it, where each thing was said, and what to ask next. Stores nothing.',
          tags,
          body: NewInterpretation,
          response: { 200: Interpretation, ...problemsOf(413) },
        },
      },
      async req => {
        requireMember(req)
        const { text, language = languageOf(req.headers['accept-language']) } = req.body
        return interpretText(deps.lexicon, text, language, dayIn(HOME_TIME_ZONE, deps.clock.now()))
      },
    )
    app.post(
      '/scenarios/:scenarioId/approve',
      {
        schema: {
          summary: 'Approve a scenario that was handed in',
          description: "For the park's administration: publishes the version that it has read, named by `If-Match`.",
          tags,
          params: Params,
          headers: IdempotencyHeaders.extend(IfMatchHeaders.shape),
          response: { 200: Scenario, ...problemsOf(403, 404, 409, 412, 428) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        const target = { id: req.params.scenarioId, ifMatch: req.headers['if-match'] }
        const scenario = await storeOnce(deps, req, reply, {
          status: 200,
          work: tx => reviewScenario(tx, deps, actor, target, { decision: 'approve' }),
          render: (tx, id) => readScenario(tx, id),
        })
        reply.header('etag', scenario.etag)
        return scenario
      },
    )
    app.post(
      '/scenarios/:scenarioId/return',
      {
        schema: {
          summary: 'Return a scenario to its author',
          description: "For the park's administration, with a reason; also one that is published already.",
          tags,
          params: Params,
          headers: IdempotencyHeaders.extend(IfMatchHeaders.shape),
          body: ScenarioReturn,
          response: { 200: Scenario, ...problemsOf(403, 404, 409, 412) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        const target = { id: req.params.scenarioId, ifMatch: req.headers['if-match'] }
        const scenario = await storeOnce(deps, req, reply, {
          status: 200,
          work: tx => reviewScenario(tx, deps, actor, target, { decision: 'return', ...req.body }),
          render: (tx, id) => readScenario(tx, id),
        })
        reply.header('etag', scenario.etag)
        return scenario
      },
    )
    for (const [step, apply] of Object.entries({ publish: publishScenario, withdraw: withdrawScenario })) {
      app.post(
        `/scenarios/:scenarioId/${step}`,
        {
          schema: {
            summary: step === 'publish' ? 'Publish a scenario' : 'Take a scenario back',
            description:
              step === 'publish'
                ? 'Where the park looks first (`publication` of its settings), it is handed in: state `submitted`. Repeating it changes nothing.'
                : 'Repeating it changes nothing.',
            tags,
            params: Params,
            headers: IdempotencyHeaders,
            response: { 200: Scenario, ...problemsOf(403, 404, 409) },
          },
        },
        async (req, reply) => {
          const actor = requireEditor(req)
          const scenario = await storeOnce(deps, req, reply, {
            status: 200,
            work: tx => apply(tx, deps, actor, req.params.scenarioId),
            render: (tx, id) => readScenario(tx, id),
          })
          reply.header('etag', scenario.etag)
          return scenario
        },
      )
    }
  }
