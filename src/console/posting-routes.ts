import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requireEditor } from '../identity/authenticate.ts'
import { storeOnce } from '../identity/idempotency.ts'
import { listStandings } from '../identity/memberships.ts'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import type { ProblemError } from '../platform/errors.ts'
import { Id } from '../platform/schemas.ts'
import { NewInterpretation } from '../scenarios/interpretations.ts'
import { NewScenario } from '../scenarios/schemas.ts'
import { createScenario, publishScenario, withdrawScenario } from '../scenarios/service.ts'
import { answerForm, parseForm, tellProblem } from './forms.ts'
import { fieldsOf, helpPosting, readerOf } from './posting.ts'
import { sendPage } from './render.ts'
import { textsIn } from './texts.ts'
import { requireVisitor } from './visit.ts'

const list = z
  .union([z.string().max(200), z.array(z.string().max(200)).max(200)])
  .optional()
  .transform(given => new Set(given === undefined ? [] : [given].flat()))
const text = NewInterpretation.shape.text
/** What the form holds: `known` are the boxes that were shown, `take` those that are ticked. */
const Draft = z.object({
  parkId: z.string().max(60).optional(),
  title: z.string().max(200).optional(),
  text: text.optional(),
  known: list,
  take: list,
})
const Posting = Draft.extend({ publish: z.literal('yes').optional() })
type Draft = z.output<typeof Draft>

const leftOut = ({ known, take }: Draft): ReadonlySet<string> => new Set([...known].filter(key => !take.has(key)))

/** A factory writes what hurts; the interpreter says what it understood and asks for what is missing. */
export const postingRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    const showForm = async (req: FastifyRequest, reply: FastifyReply, draft: Draft, error?: ProblemError) => {
      const visit = requireVisitor(req)
      const { language } = visit
      const { actor } = visit.signedIn
      const standings = await transaction(deps, actor, tx => listStandings(tx, actor.organisationId))
      return sendPage(reply, visit, {
        template: 'posting',
        title: textsIn(language).navPost,
        status: error?.problem.status ?? 200,
        data: {
          draft,
          parks: standings
            .filter(({ state }) => state !== 'suspended')
            .map(({ parkId, parkName, state }) => ({ id: parkId, name: parkName, isWaiting: state === 'requested' })),
          key: deps.random(16).toString('base64url'),
          help: draft.text ? helpPosting(readerOf(deps, visit), draft.text, leftOut(draft)) : undefined,
          error: tellProblem(error, language),
        },
      })
    }

    app.get('/scenarios/new', async (req, reply) => {
      requireEditor(req)
      return showForm(req, reply, { known: new Set(), take: new Set() })
    })

    app.post('/scenarios/help', { schema: { body: Draft } }, async (req, reply) => {
      const visit = requireVisitor(req)
      const { text: written } = req.body
      return sendPage(reply, visit, {
        template: 'posting-help',
        title: '',
        data: { help: written ? helpPosting(readerOf(deps, visit), written, leftOut(req.body)) : undefined },
      })
    })

    app.post('/scenarios', { schema: { body: Posting } }, async (req, reply) => {
      const visit = requireVisitor(req)
      const actor = requireEditor(req)
      const { parkId, title, text: summary, publish } = req.body
      const work = async () => {
        const input = parseForm(NewScenario, {
          ...fieldsOf(readerOf(deps, visit), summary ?? '', leftOut(req.body)),
          parkId,
          title,
          ...(summary === undefined ? {} : { summary }),
          publish: publish === 'yes',
        })
        const scenario = await storeOnce(deps, req, reply, {
          status: 201,
          work: tx => createScenario(tx, deps, actor, input, visit.language),
          render: async (_tx, id) => ({ id }),
        })
        return reply.redirect(`/console/scenarios/${scenario.id}`, 303)
      }
      return answerForm(work, error => showForm(req, reply, req.body, error))
    })

    for (const [step, apply] of Object.entries({ publish: publishScenario, withdraw: withdrawScenario }))
      app.post(
        `/scenarios/:scenarioId/${step}`,
        { schema: { params: z.object({ scenarioId: Id('scenario') }) } },
        async (req, reply) => {
          requireVisitor(req)
          const { scenarioId } = req.params
          await storeOnce(deps, req, reply, {
            status: 200,
            work: tx => apply(tx, deps, requireEditor(req), scenarioId),
            render: async () => undefined,
          })
          return reply.redirect(`/console/scenarios/${scenarioId}`, 303)
        },
      )
  }
