import { z } from 'zod'
import { finish, isDone } from '../src/events/outbox.ts'
import { rewriteExplanations } from '../src/matching/explain.ts'
import { type ScoringDeps, scoreCapability, scoreScenario } from '../src/matching/score.ts'
import { refreshPark } from '../src/matching/standings.ts'
import { rescoreExcluded } from '../src/matching/exclusions.ts'
import { rescoreMember } from '../src/matching/members.ts'
import { transaction } from '../src/platform/db.ts'
import type { Handler } from '../src/platform/queues.ts'

const Payload = z.strictObject({
  eventId: z.string(),
  subject: z.enum(['scenario', 'capability', 'match', 'park', 'member', 'exclusion']),
  id: z.string(),
})

/** Scores what changed. A match that moved to another stage keeps its score and gets its explanations anew. */
export const createScoreHandler =
  (deps: ScoringDeps): Handler =>
  async job => {
    const { eventId, subject, id } = Payload.parse(job.data)
    if (subject === 'scenario') return scoreScenario(deps, { eventId, scenarioId: id })
    if (subject === 'capability') return scoreCapability(deps, { eventId, capabilityId: id })
    if (subject === 'park') return refreshPark(deps, { eventId, parkId: id })
    if (subject === 'exclusion') return rescoreExcluded(deps, { eventId, exclusionId: id })
    if (subject === 'member') {
      const [parkId = '', organisationId = ''] = id.split('/')
      return rescoreMember(deps, { eventId, parkId, organisationId })
    }
    await transaction(deps, { kind: 'worker' }, async tx => {
      if (await isDone(tx, eventId)) return
      await rewriteExplanations(tx, deps, id)
      await finish(tx, deps, [eventId])
    })
  }
