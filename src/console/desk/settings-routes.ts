import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requireEditor } from '../../identity/authenticate.ts'
import { FOCUS_ADDITION_MAX, FOCUS_INDUSTRIES_MAX, FOCUS_TIERS, type Focus } from '../../parks/focus.ts'
import { ParkSettingsChange } from '../../parks/schemas.ts'
import { changeSettings, readSettings } from '../../parks/service.ts'
import { REMINDER_DAYS_MAX, STAGE_DAYS_MAX, STAGES } from '../../parks/stages.ts'
import { PUBLICATIONS } from '../../parks/tables.ts'
import { transaction } from '../../platform/db.ts'
import type { Deps } from '../../platform/deps.ts'
import type { ProblemError } from '../../platform/errors.ts'
import { readReport } from '../../reports/service.ts'
import { answerForm, parseForm, tellProblem } from '../forms.ts'
import { sendPage } from '../render.ts'
import { textsIn } from '../texts.ts'
import { ParkParams, requireAdministration } from './park.ts'

const number = z.coerce.number().optional()
const many = z
  .union([z.string().max(40), z.array(z.string().max(40)).max(100)])
  .optional()
  .transform(given => (given === undefined ? [] : [given].flat()).filter(id => id !== ''))

const RulesForm = z.object({
  publication: z.string().max(20).optional(),
  matchThreshold: number,
  shortlistMax: number,
  reminderDays: number,
  ...Object.fromEntries(STAGES.map(stage => [stage, number])),
})
const FocusForm = z.object({
  leading: many,
  pillar: many,
  emerging: many,
  addLeading: number,
  addPillar: number,
  addEmerging: number,
})

type Shown = { parkId: string; tab: 'rules' | 'focus'; error?: ProblemError; given?: object }

/** What a park decides about publishing, matching and its order. */
export const settingPageRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    const show = async (req: FastifyRequest, reply: FastifyReply, { parkId, tab, error, given }: Shown) => {
      const { visit, actor, park } = requireAdministration(req, parkId)
      const settings = await transaction(deps, actor, tx => readSettings(tx, actor, park.id))
      return sendPage(reply, visit, {
        template: tab === 'rules' ? 'settings' : 'settings-focus',
        title: textsIn(visit.language).navSettings,
        status: error?.problem.status ?? 200,
        data: {
          park,
          tab,
          settings: { ...settings, ...given },
          publications: PUBLICATIONS,
          stages: STAGES,
          bounds: { STAGE_DAYS_MAX, REMINDER_DAYS_MAX, FOCUS_ADDITION_MAX, FOCUS_INDUSTRIES_MAX },
          tiers: FOCUS_TIERS,
          industries: listIndustries(deps, visit.language),
          error: tellProblem(error, visit.language),
        },
      })
    }

    app.get('/parks/:parkId/settings', { schema: { params: ParkParams } }, (req, reply) =>
      show(req, reply, { ...req.params, tab: 'rules' }),
    )
    app.get('/parks/:parkId/settings/focus', { schema: { params: ParkParams } }, (req, reply) =>
      show(req, reply, { ...req.params, tab: 'focus' }),
    )

    app.post('/parks/:parkId/settings', { schema: { params: ParkParams, body: RulesForm } }, (req, reply) => {
      const { parkId } = req.params
      const { publication, matchThreshold, shortlistMax, reminderDays, ...stageDays } = req.body
      const given = { publication, matchThreshold, shortlistMax, reminderDays, stageDays }
      return answerForm(
        async () => {
          await changeSettings(deps, requireEditor(req), parkId, parseForm(ParkSettingsChange, given))
          return reply.redirect(`/console/parks/${parkId}/settings`, 303)
        },
        error => show(req, reply, { parkId, tab: 'rules', error, given }),
      )
    })

    app.post('/parks/:parkId/settings/focus', { schema: { params: ParkParams, body: FocusForm } }, (req, reply) => {
      const { parkId } = req.params
      const { leading, pillar, emerging, addLeading, addPillar, addEmerging } = req.body
      const additions = { leading: addLeading ?? 0, pillar: addPillar ?? 0, emerging: addEmerging ?? 0 }
      const focus: Focus = { industries: { leading, pillar, emerging }, additions }
      return answerForm(
        async () => {
          await changeSettings(deps, requireEditor(req), parkId, parseForm(ParkSettingsChange, { focus }))
          return reply.redirect(`/console/parks/${parkId}/settings/focus`, 303)
        },
        error => show(req, reply, { parkId, tab: 'focus', error, given: { focus } }),
      )
    })

    // The lists of a large park take a moment: the form stands meanwhile.
    app.get('/parks/:parkId/settings/focus-effect', { schema: { params: ParkParams } }, async (req, reply) => {
      const { visit, actor, park } = requireAdministration(req, req.params.parkId)
      const request = { parkId: park.id, period: {}, language: visit.language }
      const { priorities, unserved } = await transaction(deps, actor, tx => readReport(tx, deps, actor, request))
      const isFavoured = (row: { order: { tier: string | null } }) => row.order.tier !== null
      return sendPage(reply, visit, {
        template: req.headers['hx-request'] === 'true' ? 'focus-effect' : 'focus-effect-page',
        title: textsIn(visit.language).focusEffect,
        data: { park, priorities: priorities.filter(isFavoured), unserved: unserved.filter(isFavoured) },
      })
    })
  }

/** Industries that a scenario may name, by their names. */
const listIndustries = ({ lexicon }: Pick<Deps, 'lexicon'>, language: 'zh' | 'en') =>
  lexicon.byScheme('industry').map(({ id }) => ({ id, label: lexicon.label(id, language) }))
