import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { answerChallenge, reviewAnswer } from '../../consortia/challenges.ts'
import { proposeCharter, vote } from '../../consortia/charters.ts'
import { listAnswers, listConsortia, readAnswer, readConsortium } from '../../consortia/queries.ts'
import { CONSORTIUM_STATES, stepConsortium } from '../../consortia/rules.ts'
import * as schemas from '../../consortia/schemas.ts'
import { answerInvitation, createConsortium, endConsortium, inviteTeam } from '../../consortia/service.ts'
import { CONSORTIUM_MODES } from '../../consortia/tables.ts'
import { requireEditor } from '../../identity/authenticate.ts'
import { storeOnce, type Stored } from '../../identity/idempotency.ts'
import { nameOrganisations } from '../../identity/service.ts'
import type { Member } from '../../platform/actor.ts'
import { transaction, type Tx } from '../../platform/db.ts'
import type { Deps } from '../../platform/deps.ts'
import type { ProblemError } from '../../platform/errors.ts'
import { Id } from '../../platform/schemas.ts'
import { AnyForm, answerForm, numbersIn, parseForm, tellProblem } from '../forms.ts'
import { endOfDay } from '../format.ts'
import { nextOf } from '../list-routes.ts'
import { sendPage } from '../render.ts'
import { textsIn } from '../texts.ts'
import { requireVisitor, timeZoneOf } from '../visit.ts'
import { partiesOf, sharesIn, tellTeam } from './consortium.ts'

const params = z.object({ consortiumId: Id('consortium') })
/** What a page does: the same service as the API's route calls. */
type Work = (tx: Tx, actor: Member) => Promise<Stored>

/** Consortia: the list, the proposal with its proof, and everything that its parties decide. */
export const consortiumPageRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.get('/consortia', { schema: { querystring: schemas.ConsortiumQuery } }, async (req, reply) => {
      const visit = requireVisitor(req)
      const page = await transaction(deps, visit.signedIn.actor, tx => listConsortia(tx, req.query))
      return sendPage(reply, visit, {
        template: 'consortia',
        title: textsIn(visit.language).navConsortia,
        data: {
          items: page.items,
          query: req.query,
          states: CONSORTIUM_STATES,
          modes: CONSORTIUM_MODES,
          now: deps.clock.now(),
          nextHref: nextOf('/console/consortia', req.query, page.nextCursor),
        },
      })
    })

    const show = async (req: FastifyRequest, reply: FastifyReply, id: string, error?: ProblemError, given = {}) => {
      const visit = requireVisitor(req)
      const { actor } = visit.signedIn
      const found = await transaction(deps, actor, async tx => {
        const consortium = await readConsortium(tx, id, visit.language)
        const answers = consortium.mode === 'challenge' ? (await listAnswers(tx, id)).items : []
        return { consortium, answers, names: await nameOrganisations(tx, partiesOf(consortium, answers)) }
      })
      const { consortium } = found
      const mine = consortium.members.find(({ organisationId }) => organisationId === actor.organisationId)
      return sendPage(reply, visit, {
        template: 'consortium',
        title: consortium.title,
        status: error?.problem.status ?? 200,
        data: {
          ...found,
          ...tellTeam(consortium, { names: found.names, language: visit.language, lexicon: deps.lexicon }),
          mine,
          ownId: actor.organisationId,
          mayEdit: actor.role !== 'reader',
          steps: (['complete', 'dissolve'] as const).filter(action => stepConsortium(consortium.state, action)),
          mayInvite: stepConsortium(consortium.state, 'invite') !== undefined,
          now: deps.clock.now(),
          key: deps.random(16).toString('base64url'),
          given,
          error: tellProblem(error, visit.language),
        },
      })
    }

    app.get('/consortia/:consortiumId', { schema: { params } }, (req, reply) =>
      show(req, reply, req.params.consortiumId),
    )

    /** One form of the page: parsed by the schema of the API, done once, and the page again. */
    const form = (step: string, work: (req: FastifyRequest, id: string, body: AnyForm) => Work) =>
      app.post(`/consortia/:consortiumId/${step}`, { schema: { params, body: AnyForm } }, async (req, reply) => {
        const { consortiumId } = req.params
        const act = async () => {
          const actor = requireEditor(req)
          const run = work(req, consortiumId, req.body)
          await storeOnce(deps, req, reply, {
            status: 200,
            work: tx => run(tx, actor),
            render: async () => undefined,
          })
          return reply.redirect(`/console/consortia/${consortiumId}`, 303)
        }
        return answerForm(act, error => show(req, reply, consortiumId, error, req.body))
      })

    form('membership', (_req, id, body) => {
      const input = parseForm(schemas.NewAnswerToInvitation, body)
      return (tx, actor) => answerInvitation(tx, deps, actor, id, input)
    })
    form('invitations', (_req, id, body) => {
      const input = parseForm(schemas.NewInvitations, numbersIn(body, ['alternative']))
      return (tx, actor) => inviteTeam(tx, deps, actor, id, input)
    })
    form('charters', (_req, id, body) => {
      const input = parseForm(schemas.NewCharter, { terms: body['terms'], shares: sharesIn(body) })
      return (tx, actor) => proposeCharter(tx, deps, actor, id, input)
    })
    form('votes', (_req, id, { approves, ...body }) => {
      const input = parseForm(schemas.NewVote, { ...numbersIn(body, ['version']), approves: approves === 'yes' })
      return (tx, actor) => vote(tx, deps, actor, id, input)
    })
    form('transitions', (_req, id, body) => {
      const input = parseForm(schemas.NewConsortiumTransition, body)
      return (tx, actor) => endConsortium(tx, deps, actor, id, input)
    })
    form('answers', (_req, id, body) => {
      const facets = [body['facets'] ?? []].flat()
      const input = parseForm(schemas.NewChallengeAnswer, { ...numbersIn(body, ['costYuan', 'weeks']), facets })
      return (tx, actor) => answerChallenge(tx, deps, actor, id, input)
    })

    app.post(
      '/consortia/answers/:answerId/review',
      { schema: { params: z.object({ answerId: Id('answer') }), body: AnyForm } },
      async (req, reply) => {
        const actor = requireEditor(req)
        const { answerId } = req.params
        const { consortiumId } = await transaction(deps, actor, tx => readAnswer(tx, answerId))
        const review = async () => {
          const { select, score, ...rest } = req.body
          const input = parseForm(schemas.NewReview, {
            ...rest,
            score: Math.round(Number(score) * 100),
            select: select === 'yes',
          })
          await storeOnce(deps, req, reply, {
            status: 200,
            work: tx => reviewAnswer(tx, deps, actor, answerId, input),
            render: async () => undefined,
          })
          return reply.redirect(`/console/consortia/${consortiumId}`, 303)
        }
        return answerForm(review, error => show(req, reply, consortiumId, error))
      },
    )

    app.post(
      '/scenarios/:scenarioId/consortium',
      {
        schema: {
          params: z.object({ scenarioId: Id('scenario') }),
          body: z.object({ mode: z.enum(CONSORTIUM_MODES), until: z.iso.date() }),
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        const { mode, until } = req.body
        const deadlineAt = endOfDay(until, timeZoneOf(requireVisitor(req)))
        const input = parseForm(schemas.NewConsortium, { scenarioId: req.params.scenarioId, mode, deadlineAt })
        const { id } = await storeOnce(deps, req, reply, {
          status: 201,
          work: tx => createConsortium(tx, deps, actor, input),
          render: async (_tx, made) => ({ id: made }),
        })
        return reply.redirect(`/console/consortia/${id}`, 303)
      },
    )
  }
