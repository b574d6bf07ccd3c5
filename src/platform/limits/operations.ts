import type { FastifyRequest } from 'fastify'

const OPERATIONS = ['/livez', '/readyz', '/metrics']

/** What the machines around us ask for: it must be answered above all when there is too much of everything else. */
export const isOperation = (request: FastifyRequest): boolean => OPERATIONS.includes(request.routeOptions.url ?? '')
