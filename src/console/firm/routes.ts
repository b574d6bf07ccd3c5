import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Deps } from '../../platform/deps.ts'
import { accountRoutes } from './account-routes.ts'
import { companyPageRoutes } from './company-routes.ts'
import { capabilityEditRoutes } from './capability-edit-routes.ts'
import { checklistPageRoutes } from './checklist-routes.ts'
import { consortiumPageRoutes } from './consortium-routes.ts'
import { endpointFormRoutes } from './endpoint-form-routes.ts'
import { exclusionPageRoutes } from './exclusion-routes.ts'
import { inboxRoutes } from './inbox-routes.ts'
import { joiningRoutes } from './joining-routes.ts'
import { keyPageRoutes } from './key-routes.ts'
import { liveRoutes } from './live-routes.ts'
import { outcomePageRoutes } from './outcome-routes.ts'
import { poolPageRoutes } from './pool-routes.ts'
import { scenarioEditRoutes } from './scenario-edit-routes.ts'

/** The pages of companies, institutes and the people in them. */
export const firmRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    await app.register(joiningRoutes(deps))
    await app.register(accountRoutes(deps))
    await app.register(companyPageRoutes(deps))
    await app.register(keyPageRoutes(deps))
    await app.register(inboxRoutes(deps))
    await app.register(endpointFormRoutes(deps))
    await app.register(outcomePageRoutes(deps))
    await app.register(consortiumPageRoutes(deps))
    await app.register(poolPageRoutes(deps))
    await app.register(checklistPageRoutes(deps))
    await app.register(exclusionPageRoutes(deps))
    await app.register(scenarioEditRoutes(deps))
    await app.register(capabilityEditRoutes(deps))
    await app.register(liveRoutes(deps))
  }
