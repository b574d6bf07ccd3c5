import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requireEditor } from '../../identity/authenticate.ts'
import { storeOnce } from '../../identity/idempotency.ts'
import { transaction } from '../../platform/db.ts'
import type { Deps } from '../../platform/deps.ts'
import { notFound } from '../../platform/errors.ts'
import { Id } from '../../platform/schemas.ts'
import { listPossible } from '../../rounds/participants.ts'
import { readRound } from '../../rounds/queries.ts'
import { NewPreferences } from '../../rounds/schemas.ts'
import { changePreferences } from '../../rounds/service.ts'
import { parseForm } from '../forms.ts'
import { sendPage } from '../render.ts'
import { textsIn } from '../texts.ts'
import { ParkParams, requireAdministration } from './park.ts'
import { nameEntries } from './round-data.ts'
import { toPreferences } from './round-form.ts'

const Params = ParkParams.extend({
  roundId: Id('round'),
  subjectId: z.union([Id('scenario'), Id('organisation')]),
})
const Form = z.object({ order: z.enum(['own', 'score']) }).catchall(z.string().max(10))

/** Whom somebody in a round would rather have: by the scores, or as the park writes it down for him. */
export const preferenceRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.get(
      '/parks/:parkId/rounds/:roundId/preferences/:subjectId',
      { schema: { params: Params } },
      async (req, reply) => {
        const { visit, actor, park } = requireAdministration(req, req.params.parkId)
        const { roundId, subjectId } = req.params
        const { round, names, possible } = await transaction(deps, actor, async tx => {
          const read = await readRound(tx, roundId)
          const of = (side: string) =>
            read.entries.filter(entry => entry.side === side).map(entry => ({ ...entry, preferences: null }))
          const entries = await listPossible(tx, deps, of('scenario'), of('vendor'))
          return { round: read, names: await nameEntries(tx, read), possible: entries }
        })
        const entry = round.entries.find(other => other.subjectId === subjectId)
        if (!entry) throw notFound()
        const isScenario = entry.side === 'scenario'
        const rows = possible
          .filter(pair => subjectId === (isScenario ? pair.scenarioId : pair.vendorId))
          .map(pair => {
            const id = isScenario ? pair.vendorId : pair.scenarioId
            const score = isScenario ? pair.factoryScore : pair.vendorScore
            return { id, score, matchId: pair.matchId, name: names.get(id) ?? id }
          })
          .sort((a, b) => b.score - a.score)
          .map((row, byScore) => ({ ...row, byScore: byScore + 1, place: placeOf(entry.preferences, row.id, byScore) }))
        return sendPage(reply, visit, {
          template: 'preferences',
          title: textsIn(visit.language).preferences,
          data: {
            park,
            round,
            entry: { ...entry, name: names.get(subjectId) ?? subjectId },
            rows: rows.sort((a, b) => (a.place ?? Infinity) - (b.place ?? Infinity)),
          },
        })
      },
    )

    app.post(
      '/parks/:parkId/rounds/:roundId/preferences/:subjectId',
      { schema: { params: Params, body: Form } },
      async (req, reply) => {
        const { parkId, roundId, subjectId } = req.params
        const { order, ...places } = req.body
        const actor = requireEditor(req)
        const preferences = order === 'score' ? null : toPreferences(places)
        const input = parseForm(NewPreferences, { subjectId, preferences })
        await storeOnce(deps, req, reply, {
          status: 200,
          work: tx => changePreferences(tx, deps, actor, roundId, input),
          render: async () => undefined,
        })
        return reply.redirect(`/console/parks/${parkId}/rounds/${roundId}`, 303)
      },
    )
  }

/** Counted from 1; absent where somebody is not acceptable. */
const placeOf = (preferences: string[] | undefined, id: string, byScore: number): number | undefined => {
  if (preferences === undefined) return byScore + 1
  const found = preferences.indexOf(id)
  return found < 0 ? undefined : found + 1
}
