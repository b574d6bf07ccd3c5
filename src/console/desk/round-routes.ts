import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requireEditor } from '../../identity/authenticate.ts'
import { storeOnce } from '../../identity/idempotency.ts'
import { transaction } from '../../platform/db.ts'
import type { Deps } from '../../platform/deps.ts'
import type { ProblemError } from '../../platform/errors.ts'
import { Id, pageBy } from '../../platform/schemas.ts'
import { listRounds, readRound } from '../../rounds/queries.ts'
import { NewRound, NewRoundTransition } from '../../rounds/schemas.ts'
import { dryRun, endRound, openRound } from '../../rounds/service.ts'
import { answerForm, parseForm, tellProblem } from '../forms.ts'
import { nextOf } from '../list-routes.ts'
import { sendPage } from '../render.ts'
import { textsIn } from '../texts.ts'
import { ParkParams, requireAdministration } from './park.ts'
import { listCandidates, nameEntries, nameResult } from './round-data.ts'
import { groupsOf, RoundForm, toNewRound } from './round-form.ts'

const RoundParams = ParkParams.extend({ roundId: Id('round') })
/** A new round may begin as another one was, with one seat more where the advice says so. */
const Template = z.object({
  problem: z.string().max(60).optional(),
  like: Id('round').optional(),
  more: z.string().max(60).optional(),
})

type Shown = {
  parkId: string
  query?: z.output<typeof Template>
  error?: ProblemError
  given?: Record<string, unknown>
}

/** Rounds of allocation: who takes part with how many seats, what the result would be and why, and the result. */
export const roundPageRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.get(
      '/parks/:parkId/rounds',
      { schema: { params: ParkParams, querystring: pageBy('round') } },
      async (req, reply) => {
        const { visit, actor, park } = requireAdministration(req, req.params.parkId)
        const page = await transaction(deps, actor, tx => listRounds(tx, { ...req.query, parkId: park.id }))
        return sendPage(reply, visit, {
          template: 'rounds',
          title: textsIn(visit.language).navRounds,
          data: {
            park,
            items: page.items,
            nextHref: nextOf(`/console/parks/${park.id}/rounds`, req.query, page.nextCursor),
          },
        })
      },
    )

    const showNew = async (
      req: FastifyRequest,
      reply: FastifyReply,
      { parkId, query = {}, error, given: sent }: Shown,
    ) => {
      const { visit, actor, park } = requireAdministration(req, parkId)
      const { like, more, problem } = query
      const { found, model } = await transaction(deps, actor, async tx => ({
        found: await listCandidates(tx, actor, park.id),
        model: like === undefined ? undefined : await readRound(tx, like),
      }))
      const label = (id: string) => deps.lexicon.label(id, visit.language)
      const known = [
        ...new Set(found.scenarios.flatMap(({ problems }) => problems.filter(id => typeof id === 'string'))),
      ]
      const given = sent ?? (model ? fillLike(model, more) : {})
      return sendPage(reply, visit, {
        template: 'round-new',
        title: textsIn(visit.language).newRound,
        status: error?.problem.status ?? 200,
        data: {
          park,
          given,
          ticked: new Set([given['scenario'], given['vendor']].flat()),
          problem,
          problems: known.map(id => ({ id, label: label(id) })).sort((a, b) => a.label.localeCompare(b.label)),
          scenarios: found.scenarios
            .filter(({ problems }) => problem === undefined || problems.includes(problem))
            .map(({ id, title, problems }) => ({
              id,
              name: title,
              note: problems.map(ref => (typeof ref === 'string' ? label(ref) : ref.text)).join(' · '),
            })),
          vendors: found.vendors,
          groups: { scenario: groupsOf('scenario'), vendor: groupsOf('vendor') },
          key: deps.random(16).toString('base64url'),
          error: tellProblem(error, visit.language),
        },
      })
    }

    app.get('/parks/:parkId/rounds/new', { schema: { params: ParkParams, querystring: Template } }, (req, reply) =>
      showNew(req, reply, { ...req.params, query: req.query }),
    )

    app.post('/parks/:parkId/rounds', { schema: { params: ParkParams, body: RoundForm } }, (req, reply) => {
      const { park } = requireAdministration(req, req.params.parkId)
      const actor = requireEditor(req)
      return answerForm(
        async () => {
          const input = parseForm(NewRound, toNewRound(req.body, park))
          const { id } = await storeOnce(deps, req, reply, {
            status: 201,
            work: tx => openRound(tx, deps, actor, input),
            render: async (_tx, roundId) => ({ id: roundId }),
          })
          return reply.redirect(`/console/parks/${park.id}/rounds/${id}`, 303)
        },
        error => showNew(req, reply, { parkId: park.id, error, given: req.body }),
      )
    })

    const showRound = async (
      req: FastifyRequest,
      reply: FastifyReply,
      asked: { parkId: string; roundId: string; isTrial?: boolean; error?: ProblemError },
    ) => {
      const { visit, actor, park } = requireAdministration(req, asked.parkId)
      const { round, names, trial } = await transaction(deps, actor, async tx => {
        const read = await readRound(tx, asked.roundId)
        return {
          round: read,
          names: await nameEntries(tx, read),
          trial: asked.isTrial === true ? await dryRun(tx, deps, actor, asked.roundId) : undefined,
        }
      })
      const result = trial ?? (round.state === 'published' ? { ...round, advice: round.advice ?? [] } : undefined)
      return sendPage(reply, visit, {
        template: 'round',
        title: round.title,
        status: asked.error?.problem.status ?? 200,
        data: {
          park,
          round,
          isTrial: trial !== undefined,
          proof: trial?.proof ?? round.proof,
          result: result && nameResult(result, names),
          sides: (['scenario', 'vendor'] as const).map(side => ({
            side,
            entries: round.entries
              .filter(entry => entry.side === side)
              .map(entry => ({
                ...entry,
                name: names.get(entry.subjectId) ?? entry.subjectId,
                held: result?.pairs.filter(pair => [pair.scenarioId, pair.vendorId].includes(entry.subjectId)).length,
              })),
          })),
          error: tellProblem(asked.error, visit.language),
        },
      })
    }

    app.get('/parks/:parkId/rounds/:roundId', { schema: { params: RoundParams } }, (req, reply) =>
      showRound(req, reply, req.params),
    )
    app.get('/parks/:parkId/rounds/:roundId/dry-run', { schema: { params: RoundParams } }, (req, reply) =>
      showRound(req, reply, { ...req.params, isTrial: true }),
    )

    app.post(
      '/parks/:parkId/rounds/:roundId/end',
      { schema: { params: RoundParams, body: NewRoundTransition } },
      (req, reply) => {
        const { parkId, roundId } = req.params
        const actor = requireEditor(req)
        return answerForm(
          async () => {
            await storeOnce(deps, req, reply, {
              status: 200,
              work: tx => endRound(tx, deps, actor, roundId, req.body),
              render: async () => undefined,
            })
            return reply.redirect(`/console/parks/${parkId}/rounds/${roundId}`, 303)
          },
          error => showRound(req, reply, { parkId, roundId, error }),
        )
      },
    )
  }

type Round = Awaited<ReturnType<typeof readRound>>

/** The fields of a new round that is to be as another one. */
const fillLike = ({ title, entries }: Round, more: string | undefined): Record<string, unknown> => ({
  title,
  scenario: entries.filter(({ side }) => side === 'scenario').map(({ subjectId }) => subjectId),
  vendor: entries.filter(({ side }) => side === 'vendor').map(({ subjectId }) => subjectId),
  ...Object.fromEntries(
    entries.map(({ subjectId, capacity }) => [`seats-${subjectId}`, String(capacity + (subjectId === more ? 1 : 0))]),
  ),
})
