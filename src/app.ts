import { openapi } from './platform/openapi.ts'
import type { Deps } from './platform/deps.ts'
import { createServer } from './platform/server.ts'
import { healthRoutes } from './platform/health.ts'
import { authenticate } from './identity/authenticate.ts'
import { auditRoutes } from './audit/routes.ts'
import { poolRoutes } from './consortia/pools/routes.ts'
import { challengeRoutes, checklistRoutes, consortiumRoutes } from './consortia/routes.ts'
import { eventRoutes } from './events/routes.ts'
import { consoleRoutes, entryRoutes } from './console/routes.ts'
import { capabilityRoutes } from './capabilities/routes.ts'
import { identityRoutes } from './identity/routes.ts'
import { companyRoutes } from './imports/company-routes.ts'
import { importRoutes } from './imports/routes.ts'
import { matchingRoutes } from './matching/routes.ts'
import { runRoutes } from './matching/runs-routes.ts'
import { noticeRoutes } from './notices/routes.ts'
import { privacyRoutes } from './privacy/routes.ts'
import { parkRoutes } from './parks/routes.ts'
import { reportRoutes } from './reports/routes.ts'
import { fundingRoutes, lendingRoutes } from './resources/lending-routes.ts'
import { resourceRoutes } from './resources/routes.ts'
import { roundRoutes } from './rounds/routes.ts'
import { parkAccessRoutes } from './scenarios/park-access-routes.ts'
import { scenarioRoutes } from './scenarios/routes.ts'
import { webhookRoutes } from './webhooks/routes.ts'

/** The whole API over the given dependencies. Nothing listens yet: a test injects, main listens. */
export const buildApp = async (deps: Deps) => {
  const app = createServer(deps)
  await app.register(openapi(deps))
  await app.register(healthRoutes(deps))
  await app.register(
    async v1 => {
      v1.addHook('onRequest', async request => {
        request.actor = await authenticate(deps, request)
      })
      await v1.register(identityRoutes(deps))
      await v1.register(parkRoutes(deps))
      await v1.register(resourceRoutes(deps))
      await v1.register(lendingRoutes(deps))
      await v1.register(fundingRoutes(deps))
      await v1.register(scenarioRoutes(deps))
      await v1.register(parkAccessRoutes(deps))
      await v1.register(capabilityRoutes(deps))
      await v1.register(matchingRoutes(deps))
      await v1.register(runRoutes(deps))
      await v1.register(importRoutes(deps))
      await v1.register(companyRoutes(deps))
      await v1.register(consortiumRoutes(deps))
      await v1.register(challengeRoutes(deps))
      await v1.register(poolRoutes(deps))
      await v1.register(checklistRoutes(deps))
      await v1.register(roundRoutes(deps))
      await v1.register(eventRoutes(deps))
      await v1.register(auditRoutes(deps))
      await v1.register(webhookRoutes(deps))
      await v1.register(reportRoutes(deps))
      await v1.register(noticeRoutes(deps))
      await v1.register(privacyRoutes(deps))
    },
    { prefix: '/v1' },
  )
  await app.register(consoleRoutes(deps), { prefix: '/console' })
  await app.register(entryRoutes)
  return app
}
