import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requireEditor, requireMember } from '../identity/authenticate.ts'
import { storeOnce } from '../identity/idempotency.ts'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { languageOf } from '../platform/errors.ts'
import { Id, IdempotencyHeaders, pageOf, problemsOf } from '../platform/schemas.ts'
import { readChecklist } from './checklist.ts'
import { Checklist } from './checklist-schemas.ts'
import { answerChallenge, reviewAnswer } from './challenges.ts'
import { proposeCharter, vote } from './charters.ts'
import { listAnswers, listConsortia, readAnswer, readConsortium } from './queries.ts'
import * as schemas from './schemas.ts'
import { answerInvitation, createConsortium, endConsortium, inviteTeam } from './service.ts'

const tags = ['consortia']
const params = z.object({ consortiumId: Id('consortium') })

/** Consortia from the question to the charter. Mounted at /v1. */
export const consortiumRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    const storing = { headers: IdempotencyHeaders, tags }
    const answers = { ...problemsOf(403, 404, 409) }

    app.post(
      '/consortia',
      {
        schema: {
          ...storing,
          summary: 'Ask for a consortium, or set a challenge',
          body: schemas.NewConsortium,
          response: { 201: schemas.Consortium, ...answers },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        const language = languageOf(req.headers['accept-language'])
        return storeOnce(deps, req, reply, {
          status: 201,
          work: tx => createConsortium(tx, deps, actor, req.body),
          render: (tx, id) => readConsortium(tx, id, language),
        })
      },
    )

    app.get(
      '/consortia',
      {
        schema: {
          summary: 'Find consortia and open challenges',
          tags,
          querystring: schemas.ConsortiumQuery,
          response: { 200: pageOf(schemas.ConsortiumCard), ...problemsOf() },
        },
      },
      async req => transaction(deps, requireMember(req), tx => listConsortia(tx, req.query)),
    )

    app.get(
      '/consortia/:consortiumId',
      {
        schema: {
          summary: 'Read a consortium with its proof',
          tags,
          params,
          response: { 200: schemas.Consortium, ...problemsOf(404) },
        },
      },
      async req =>
        transaction(deps, requireMember(req), tx =>
          readConsortium(tx, req.params.consortiumId, languageOf(req.headers['accept-language'])),
        ),
    )

    app.post(
      '/consortia/:consortiumId/invitations',
      {
        schema: {
          ...storing,
          summary: 'Invite the proposed team or an alternative',
          params,
          body: schemas.NewInvitations,
          response: { 200: schemas.Consortium, ...answers },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        return storeOnce(deps, req, reply, {
          status: 200,
          work: tx => inviteTeam(tx, deps, actor, req.params.consortiumId, req.body),
          render: (tx, id) => readConsortium(tx, id, languageOf(req.headers['accept-language'])),
        })
      },
    )

    app.post(
      '/consortia/:consortiumId/membership',
      {
        schema: {
          ...storing,
          summary: 'Accept or decline an invitation, or leave',
          params,
          body: schemas.NewAnswerToInvitation,
          response: { 200: schemas.Consortium, ...answers },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        return storeOnce(deps, req, reply, {
          status: 200,
          work: tx => answerInvitation(tx, deps, actor, req.params.consortiumId, req.body),
          render: (tx, id) => readConsortium(tx, id, languageOf(req.headers['accept-language'])),
        })
      },
    )

    app.post(
      '/consortia/:consortiumId/charters',
      {
        schema: {
          ...storing,
          summary: 'Propose a version of the charter',
          params,
          body: schemas.NewCharter,
          response: { 201: schemas.Consortium, ...answers },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        const language = languageOf(req.headers['accept-language'])
        return storeOnce(deps, req, reply, {
          status: 201,
          work: tx => proposeCharter(tx, deps, actor, req.params.consortiumId, req.body),
          render: (tx, id) => readConsortium(tx, id, language),
        })
      },
    )

    app.post(
      '/consortia/:consortiumId/votes',
      {
        schema: {
          ...storing,
          summary: 'Vote on the newest charter',
          params,
          body: schemas.NewVote,
          response: { 200: schemas.Consortium, ...answers },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        return storeOnce(deps, req, reply, {
          status: 200,
          work: tx => vote(tx, deps, actor, req.params.consortiumId, req.body),
          render: (tx, id) => readConsortium(tx, id, languageOf(req.headers['accept-language'])),
        })
      },
    )

    app.post(
      '/consortia/:consortiumId/transitions',
      {
        schema: {
          ...storing,
          summary: 'Complete or dissolve a consortium',
          params,
          body: schemas.NewConsortiumTransition,
          response: { 200: schemas.Consortium, ...answers },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        return storeOnce(deps, req, reply, {
          status: 200,
          work: tx => endConsortium(tx, deps, actor, req.params.consortiumId, req.body),
          render: (tx, id) => readConsortium(tx, id, languageOf(req.headers['accept-language'])),
        })
      },
    )
  }

/** Challenges: answers and their review. Mounted at /v1. */
export const challengeRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.post(
      '/consortia/:consortiumId/answers',
      {
        schema: {
          summary: 'Answer a challenge',
          tags,
          headers: IdempotencyHeaders,
          params,
          body: schemas.NewChallengeAnswer,
          response: { 201: schemas.ChallengeAnswer, ...problemsOf(403, 404, 409) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        return storeOnce(deps, req, reply, {
          status: 201,
          work: tx => answerChallenge(tx, deps, actor, req.params.consortiumId, req.body),
          render: (tx, id) => readAnswer(tx, id),
        })
      },
    )

    app.get(
      '/consortia/:consortiumId/answers',
      {
        schema: {
          summary: 'The answers that you may see, best reviewed first',
          tags,
          params,
          response: { 200: z.object({ items: z.array(schemas.ChallengeAnswer) }), ...problemsOf(404) },
        },
      },
      async req => transaction(deps, requireMember(req), tx => listAnswers(tx, req.params.consortiumId)),
    )

    app.post(
      '/challenge-answers/:answerId/review',
      {
        schema: {
          summary: 'Review an answer, and select it',
          tags,
          headers: IdempotencyHeaders,
          params: z.object({ answerId: Id('answer') }),
          body: schemas.NewReview,
          response: { 200: schemas.ChallengeAnswer, ...problemsOf(403, 404, 409) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        return storeOnce(deps, req, reply, {
          status: 200,
          work: tx => reviewAnswer(tx, deps, actor, req.params.answerId, req.body),
          render: (tx, id) => readAnswer(tx, id),
        })
      },
    )
  }

/** The five elements of a scenario. Mounted at /v1. */
export const checklistRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.get(
      '/scenarios/:scenarioId/checklist',
      {
        schema: {
          summary: 'What a scenario needs of the five elements, has and lacks, and who could lend it',
          tags,
          params: z.object({ scenarioId: Id('scenario') }),
          response: { 200: Checklist, ...problemsOf(404) },
        },
      },
      async req => {
        const actor = requireMember(req)
        const language = languageOf(req.headers['accept-language'])
        const reading = { actor, language, lexicon: deps.lexicon, now: deps.clock.now() }
        return transaction(deps, actor, tx => readChecklist(tx, reading, req.params.scenarioId))
      },
    )
  }
