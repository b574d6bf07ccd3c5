import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requireEditor } from '../../identity/authenticate.ts'
import { transaction } from '../../platform/db.ts'
import type { Deps } from '../../platform/deps.ts'
import { forbidden, type ProblemError } from '../../platform/errors.ts'
import { Id } from '../../platform/schemas.ts'
import { readScenario } from '../../scenarios/queries.ts'
import { ScenarioPatch } from '../../scenarios/schemas.ts'
import { changeScenario } from '../../scenarios/service.ts'
import { AnyForm, answerForm, parseForm, tellProblem } from '../forms.ts'
import { fieldsOf, helpPosting, type Reader, readerOf } from '../posting.ts'
import { sendPage } from '../render.ts'
import { textsIn } from '../texts.ts'
import { requireVisitor } from '../visit.ts'
import { patchFrom, tellEditor } from './editor.ts'
import { SCENARIO_EDITOR } from './editors.ts'

const params = z.object({ scenarioId: Id('scenario') })
const NOTHING: ReadonlySet<string> = new Set()
const ANSWERS_MAX = 10

/** A factory changes its demand, and answers what the interpreter asks. */
export const scenarioEditRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    const readOwn = async (req: FastifyRequest, id: string) => {
      const actor = requireEditor(req)
      const scenario = await transaction(deps, actor, tx => readScenario(tx, id))
      if (scenario.organisationId !== actor.organisationId)
        throw forbidden('只有场景方可以修改', 'Only its owner changes a scenario')
      return scenario
    }
    const show = async (req: FastifyRequest, reply: FastifyReply, id: string, error?: ProblemError) => {
      const visit = requireVisitor(req)
      const scenario = await readOwn(req, id)
      const voice = { lexicon: deps.lexicon, language: visit.language }
      const help = helpPosting(readerOf(deps, visit), scenario.summary ?? scenario.title, NOTHING)
      return sendPage(reply, visit, {
        template: 'edit',
        title: textsIn(visit.language).editTitle,
        status: error?.problem.status ?? 200,
        data: {
          thing: scenario,
          action: `/console/scenarios/${id}`,
          editor: tellEditor(SCENARIO_EDITOR, scenario, voice),
          questions: help.questions,
          clarity: help.clarity,
          error: tellProblem(error, visit.language),
        },
      })
    }
    const change = async (req: FastifyRequest, id: string, etag: unknown, given: object): Promise<void> => {
      const actor = requireEditor(req)
      const patch = parseForm(ScenarioPatch, given)
      const target = { id, ifMatch: typeof etag === 'string' ? etag : undefined }
      const { language } = requireVisitor(req)
      await transaction(deps, actor, tx => changeScenario(tx, deps, actor, target, patch, language))
    }

    app.get('/scenarios/:scenarioId/edit', { schema: { params } }, (req, reply) =>
      show(req, reply, req.params.scenarioId),
    )

    app.post('/scenarios/:scenarioId/edit', { schema: { params, body: AnyForm } }, async (req, reply) => {
      const { scenarioId } = req.params
      const edit = async () => {
        const scenario = await readOwn(req, scenarioId)
        const { etag, ...form } = req.body
        await change(req, scenarioId, etag, patchFrom(SCENARIO_EDITOR, form, scenario, deps.lexicon))
        return reply.redirect(`/console/scenarios/${scenarioId}`, 303)
      }
      return answerForm(edit, error => show(req, reply, scenarioId, error))
    })

    app.post('/scenarios/:scenarioId/answers', { schema: { params, body: AnyForm } }, async (req, reply) => {
      const { scenarioId } = req.params
      const answer = async () => {
        const scenario = await readOwn(req, scenarioId)
        const { etag, ...form } = req.body
        const answers = Array.from({ length: ANSWERS_MAX }, (_, place) => form[`answer.${place}`]).flatMap(given =>
          typeof given === 'string' && given.trim() !== '' ? [given.trim()] : [],
        )
        const voice = readerOf(deps, requireVisitor(req))
        if (answers.length > 0) await change(req, scenarioId, etag, addAnswers(scenario, answers, voice))
        return reply.redirect(`/console/scenarios/${scenarioId}/edit`, 303)
      }
      return answerForm(answer, error => show(req, reply, scenarioId, error))
    })
  }

/**
 * The change that answers to the interpreter's questions make: they join the summary, and what it reads out of the whole
 * fills the fields. A field that a person has written otherwise than it was read stays as he wrote it.
 */
export const addAnswers = (
  scenario: Readonly<{ summary?: string | undefined }>,
  answers: readonly string[],
  reader: Reader,
): Record<string, unknown> => {
  const before = scenario.summary ?? ''
  const mark = reader.language === 'zh' ? '；' : '; '
  const summary = [before.replace(/[。；;.\s]+$/u, ''), ...answers].filter(part => part !== '').join(mark)
  const read = Object.entries(fieldsOf(reader, summary, NOTHING))
  const readBefore: Record<string, unknown> = before === '' ? {} : fieldsOf(reader, before, NOTHING)
  const held: Record<string, unknown> = { ...scenario }
  const isFree = (name: string) =>
    held[name] === undefined || JSON.stringify(held[name]) === JSON.stringify(readBefore[name])
  return { ...Object.fromEntries(read.filter(([name]) => isFree(name))), summary }
}
