import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { listPools, readPool } from '../../consortia/pools/queries.ts'
import { isLive, POOL_ACTIONS, POOL_STATES, stepPoolMember } from '../../consortia/pools/rules.ts'
import { NewPoolMembership, NewPoolQuote, NewPoolTransition, PoolQuery } from '../../consortia/pools/schemas.ts'
import { answerPool, endPool, quotePool } from '../../consortia/pools/service.ts'
import { FIELD_NAMES } from '../../engine/render/words.ts'
import { requireEditor } from '../../identity/authenticate.ts'
import { storeOnce, type Stored } from '../../identity/idempotency.ts'
import type { Member } from '../../platform/actor.ts'
import { transaction, type Tx } from '../../platform/db.ts'
import type { Deps } from '../../platform/deps.ts'
import type { ProblemError } from '../../platform/errors.ts'
import { Id } from '../../platform/schemas.ts'
import { AnyForm, answerForm, numbersIn, parseForm, tellProblem } from '../forms.ts'
import { nextOf } from '../list-routes.ts'
import { sendPage } from '../render.ts'
import { textsIn } from '../texts.ts'
import { requireVisitor } from '../visit.ts'

const params = z.object({ poolId: Id('pool') })
type Work = (tx: Tx, actor: Member, id: string) => Promise<Stored>

/** Demand pools: like scenarios of several factories, joined by whoever wants to. */
export const poolPageRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.get('/pools', { schema: { querystring: PoolQuery } }, async (req, reply) => {
      const visit = requireVisitor(req)
      const page = await transaction(deps, visit.signedIn.actor, tx => listPools(tx, req.query))
      return sendPage(reply, visit, {
        template: 'pools',
        title: textsIn(visit.language).pools,
        data: {
          items: page.items,
          query: req.query,
          states: POOL_STATES,
          concept: (id: string) => deps.lexicon.label(id, visit.language),
          nextHref: nextOf('/console/pools', req.query, page.nextCursor),
        },
      })
    })

    const show = async (req: FastifyRequest, reply: FastifyReply, id: string, error?: ProblemError) => {
      const visit = requireVisitor(req)
      const { actor } = visit.signedIn
      const pool = await transaction(deps, actor, tx => readPool(tx, actor, id))
      const joined = pool.mine.some(({ state }) => state === 'joined')
      return sendPage(reply, visit, {
        template: 'pool',
        title: textsIn(visit.language).pools,
        status: error?.problem.status ?? 200,
        data: {
          pool,
          concept: (concept: string) => deps.lexicon.label(concept, visit.language),
          unlocked: pool.unlocked.map(found => ({ ...found, name: FIELD_NAMES[found.field][visit.language] })),
          actions: isLive(pool.state)
            ? POOL_ACTIONS.filter(action => pool.mine.some(({ state }) => stepPoolMember(state, action)))
            : [],
          mayEdit: actor.role !== 'reader',
          mayQuote: pool.state === 'open' && (joined || actor.adminParkIds.includes(pool.parkId)),
          mayForm: pool.state === 'open' && (joined || actor.adminParkIds.includes(pool.parkId)),
          now: deps.clock.now(),
          error: tellProblem(error, visit.language),
        },
      })
    }

    app.get('/pools/:poolId', { schema: { params } }, (req, reply) => show(req, reply, req.params.poolId))

    const form = (step: string, work: (body: AnyForm) => Work) =>
      app.post(`/pools/:poolId/${step}`, { schema: { params, body: AnyForm } }, async (req, reply) => {
        const { poolId } = req.params
        const act = async () => {
          const actor = requireEditor(req)
          const run = work(req.body)
          await storeOnce(deps, req, reply, {
            status: 200,
            work: tx => run(tx, actor, poolId),
            render: async () => undefined,
          })
          return reply.redirect(`/console/pools/${poolId}`, 303)
        }
        return answerForm(act, error => show(req, reply, poolId, error))
      })

    form('membership', body => {
      const input = parseForm(NewPoolMembership, numbersIn(body, ['aloneYuan']))
      return (tx, actor, id) => answerPool(tx, deps, actor, id, input)
    })
    form('quotes', body => {
      const input = parseForm(NewPoolQuote, numbersIn(body, ['costYuan']))
      return (tx, actor, id) => quotePool(tx, deps, actor, id, input)
    })
    form('transitions', body => {
      const input = parseForm(NewPoolTransition, body)
      return (tx, actor, id) => endPool(tx, deps, actor, id, input)
    })
  }
