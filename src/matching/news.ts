import type { NewEvent } from '../events/outbox.ts'
import type { Plan } from './announce.ts'
import type { StoredScore } from './explanation.ts'
import type { MatchContext } from './write.ts'

/** What a plan tells whom: each pair's factory, vendor and park. */
export const eventsOf = (plan: Plan, ids: Map<string, string>, context: MatchContext): NewEvent[] => {
  const { scenario } = context
  const readersOf = (vendorId: string) => [scenario.organisationId, context.parkOrganisationId, vendorId]
  const place = { scenarioId: scenario.id, parkId: scenario.parkId }
  const announced = plan.writes.flatMap((write): NewEvent[] => {
    const { capabilityId, rank: placeInList, score } = write.placed
    const capability = context.capabilities.get(capabilityId)
    if (!write.announce || !capability) return []
    const data = {
      ...place,
      matchId: ids.get(capabilityId) ?? '',
      capabilityId,
      scenarioTitle: scenario.title,
      capabilityTitle: capability.title,
      industry: scenario.industry,
      problems: scenario.problems,
      total: score.total,
      factoryScore: score.factory.score,
      vendorScore: score.vendor.score,
      rank: placeInList,
      parts: partsOf(score),
      gaps: score.gaps.map(({ field, verdict, level }) => ({ field, verdict, level })),
    }
    const type = write.announce === 'created' ? ('match.created' as const) : ('match.updated' as const)
    return [{ type, data, parkId: scenario.parkId, readers: readersOf(capability.organisationId) }]
  })
  const retracted = plan.retractions
    .filter(({ announced: wasAnnounced }) => wasAnnounced)
    .map(({ standing }): NewEvent => {
      const capability = context.capabilities.get(standing.capabilityId)
      const reason =
        context.versions === undefined
          ? 'scenario_closed'
          : capability === undefined
            ? 'capability_closed'
            : 'outranked'
      return {
        type: 'match.retracted',
        data: { ...place, matchId: standing.id, capabilityId: standing.capabilityId, reason },
        parkId: scenario.parkId,
        readers: readersOf(standing.vendorId),
      }
    })
  return [...announced, ...retracted]
}

const partsOf = (score: StoredScore) =>
  score.factory.parts.map(part => ({
    name: part.name,
    factory: part.contribution,
    vendor: score.vendor.parts.find(other => other.name === part.name)?.contribution ?? 0,
  }))

/** The same plan, told to nobody. */
export const silence = (plan: Plan): Plan => ({
  writes: plan.writes.map(write => ({ ...write, announce: undefined })),
  retractions: plan.retractions.map(retraction => ({ ...retraction, announced: false })),
})
