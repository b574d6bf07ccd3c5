import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { administers } from '../../platform/actor.ts'
import { forbidden, notFound } from '../../platform/errors.ts'
import { Id } from '../../platform/schemas.ts'
import { requireVisitor } from '../visit.ts'

export const ParkParams = z.object({ parkId: Id('park') })

/**
 * Somebody of the park's administration, and his park.
 * @throws 401, 403 for others, 404 for a park that is not there
 */
export const requireAdministration = (request: FastifyRequest, parkId: string) => {
  const visit = requireVisitor(request)
  if (!administers(visit.signedIn.actor, parkId))
    throw forbidden('只有园区管理方可以打开此页', "Only the park's administration opens this page")
  const park = visit.signedIn.parks.find(({ id }) => id === parkId)
  if (!park) throw notFound()
  return { visit, actor: visit.signedIn.actor, park }
}
