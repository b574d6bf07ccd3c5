import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { listCapabilities, readCapability } from '../capabilities/queries.ts'
import { CapabilityQuery } from '../capabilities/schemas.ts'
import { OFFERING_KINDS } from '../capabilities/service.ts'
import { CAPABILITY_STATES } from '../capabilities/tables.ts'
import { listMatches } from '../matching/lists.ts'
import { listCapabilityMatches, listScenarioMatches } from '../matching/queries.ts'
import { MATCH_STATES } from '../matching/rules.ts'
import { MatchListQuery } from '../matching/schemas.ts'
import { administers } from '../platform/actor.ts'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { Id } from '../platform/schemas.ts'
import { listScenarios, readScenario } from '../scenarios/queries.ts'
import { ScenarioQuery } from '../scenarios/schemas.ts'
import { SCENARIO_STATES } from '../scenarios/tables.ts'
import { tellFields } from './fields.ts'
import { tellProof } from './proof.ts'
import { sendPage } from './render.ts'
import { textsIn } from './texts.ts'
import { requireVisitor } from './visit.ts'

export const MATCHES_SHOWN = 20

/** Lists with their filters, and the page of one scenario or capability. */
export const listRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.get('/scenarios', { schema: { querystring: ScenarioQuery } }, async (req, reply) => {
      const visit = requireVisitor(req)
      const { actor } = visit.signedIn
      const page = await transaction(deps, actor, tx => listScenarios(tx, actor, req.query))
      const concept = (id: string) => deps.lexicon.label(id, visit.language)
      return sendPage(reply, visit, {
        template: 'scenarios',
        title: textsIn(visit.language).navScenarios,
        data: {
          ...page,
          query: req.query,
          states: SCENARIO_STATES,
          filters: [req.query.problem, req.query.industry].flatMap(id => (id === undefined ? [] : [concept(id)])),
          concept,
          nextHref: nextOf('/console/scenarios', req.query, page.nextCursor),
        },
      })
    })

    app.get(
      '/scenarios/:scenarioId',
      { schema: { params: z.object({ scenarioId: Id('scenario') }) } },
      async (req, reply) => {
        const visit = requireVisitor(req)
        const { actor } = visit.signedIn
        const reading = { actor, language: visit.language, lexicon: deps.lexicon }
        const { scenario, found } = await transaction(deps, actor, async tx => ({
          scenario: await readScenario(tx, req.params.scenarioId),
          found: await listScenarioMatches(tx, reading, req.params.scenarioId, { limit: MATCHES_SHOWN }),
        }))
        return sendPage(reply, visit, {
          template: 'scenario',
          title: scenario.title,
          data: {
            scenario,
            fields: tellFields(scenario, visit.language, deps.lexicon),
            matches: found.items,
            nearMisses: found.nearMisses.map(({ capabilityTitle, total, explanation }) => ({
              capabilityTitle,
              total,
              why: tellProof(explanation, reading).gates,
            })),
            moreHref: found.nextCursor ? `/console/matches?scenarioId=${scenario.id}` : undefined,
            mayReview: scenario.state === 'submitted' && administers(actor, scenario.parkId),
            isOwn: scenario.organisationId === actor.organisationId && actor.role !== 'reader',
          },
        })
      },
    )

    app.get('/capabilities', { schema: { querystring: CapabilityQuery } }, async (req, reply) => {
      const visit = requireVisitor(req)
      const { actor } = visit.signedIn
      const page = await transaction(deps, actor, tx => listCapabilities(tx, actor, req.query))
      const concept = (id: string) => deps.lexicon.label(id, visit.language)
      return sendPage(reply, visit, {
        template: 'capabilities',
        title: textsIn(visit.language).navCapabilities,
        data: {
          ...page,
          query: req.query,
          states: CAPABILITY_STATES,
          mayOffer: actor.role !== 'reader' && OFFERING_KINDS.includes(actor.organisationKind),
          filters: [req.query.problem, req.query.technique].flatMap(id => (id === undefined ? [] : [concept(id)])),
          concept,
          nextHref: nextOf('/console/capabilities', req.query, page.nextCursor),
        },
      })
    })

    app.get(
      '/capabilities/:capabilityId',
      { schema: { params: z.object({ capabilityId: Id('capability') }) } },
      async (req, reply) => {
        const visit = requireVisitor(req)
        const { actor } = visit.signedIn
        const reading = { actor, language: visit.language, lexicon: deps.lexicon }
        const { capability, found } = await transaction(deps, actor, async tx => ({
          capability: await readCapability(tx, actor, req.params.capabilityId),
          found: await listCapabilityMatches(tx, reading, req.params.capabilityId, { limit: MATCHES_SHOWN }),
        }))
        return sendPage(reply, visit, {
          template: 'capability',
          title: capability.title,
          data: {
            capability,
            fields: tellFields(capability, visit.language, deps.lexicon),
            isOwn: capability.organisationId === actor.organisationId && actor.role !== 'reader',
            matches: found.items,
            moreHref: found.nextCursor ? `/console/matches?capabilityId=${capability.id}` : undefined,
          },
        })
      },
    )

    app.get('/matches', { schema: { querystring: MatchListQuery } }, async (req, reply) => {
      const visit = requireVisitor(req)
      const { actor } = visit.signedIn
      const reading = { actor, language: visit.language, lexicon: deps.lexicon }
      const page = await transaction(deps, actor, tx => listMatches(tx, reading, req.query))
      return sendPage(reply, visit, {
        template: 'matches',
        title: textsIn(visit.language).navMatches,
        data: {
          ...page,
          query: req.query,
          states: MATCH_STATES,
          now: deps.clock.now(),
          nextHref: nextOf('/console/matches', req.query, page.nextCursor),
        },
      })
    })
  }

/** The address of the next page: the same question, further down. */
export const nextOf = (path: string, query: object, cursor: string | undefined): string | undefined => {
  if (cursor === undefined) return undefined
  const parameters = new URLSearchParams()
  const given: Record<string, unknown> = { ...query, cursor }
  for (const [name, value] of Object.entries(given))
    if (typeof value === 'string' || typeof value === 'number') parameters.set(name, String(value))
  return `${path}?${parameters.toString()}`
}
