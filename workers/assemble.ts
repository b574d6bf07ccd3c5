import { z } from 'zod'
import { type AssembleDeps, assembleConsortium, assembleForScenario } from '../src/consortia/assemble.ts'
import { doubtProposals } from '../src/consortia/exclusions.ts'
import { settlePool } from '../src/consortia/pools/settle.ts'
import type { Handler } from '../src/platform/queues.ts'

const Payload = z.strictObject({
  eventId: z.string(),
  subject: z.enum(['scenario', 'consortium', 'exclusion', 'pool', 'calledPool']),
  id: z.string(),
})

/** Puts together the team of a consortium, begins one for a scenario that nobody serves alone, or settles a pool. */
export const createAssembleHandler =
  (deps: AssembleDeps): Handler =>
  async job => {
    const { eventId, subject, id } = Payload.parse(job.data)
    if (subject === 'scenario') return assembleForScenario(deps, { eventId, scenarioId: id })
    if (subject === 'exclusion') return doubtProposals(deps, { eventId, exclusionId: id })
    if (subject === 'pool' || subject === 'calledPool')
      return settlePool(deps, { eventId, poolId: id, isCalled: subject === 'calledPool' })
    await assembleConsortium(deps, { eventId, consortiumId: id })
  }
