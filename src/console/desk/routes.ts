import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Deps } from '../../platform/deps.ts'
import { approvalRoutes } from './approval-routes.ts'
import { auditPageRoutes } from './audit-routes.ts'
import { importPageRoutes } from './import-routes.ts'
import { invitationPageRoutes } from './invitation-routes.ts'
import { preferenceRoutes } from './preference-routes.ts'
import { reportPageRoutes } from './report-routes.ts'
import { resourcePageRoutes } from './resource-routes.ts'
import { roundPageRoutes } from './round-routes.ts'
import { ruleRoutes } from './rule-routes.ts'
import { runPageRoutes } from './run-routes.ts'
import { settingPageRoutes } from './settings-routes.ts'

/** The pages on which a park's administration works. */
export const deskRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    await app.register(approvalRoutes(deps))
    await app.register(invitationPageRoutes(deps))
    await app.register(reportPageRoutes(deps))
    await app.register(settingPageRoutes(deps))
    await app.register(ruleRoutes(deps))
    await app.register(roundPageRoutes(deps))
    await app.register(preferenceRoutes(deps))
    await app.register(importPageRoutes(deps))
    await app.register(runPageRoutes(deps))
    await app.register(auditPageRoutes(deps))
    await app.register(resourcePageRoutes(deps))
  }
