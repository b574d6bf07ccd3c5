import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { Language } from '../engine/types.ts'
import { csrfTokenOf, readSessionToken, refuseForeignOrigin, refuseForgery } from '../identity/cookies.ts'
import { readMe } from '../identity/me.ts'
import type { Me } from '../identity/person-schemas.ts'
import { listStandings } from '../identity/memberships.ts'
import { listParks } from '../identity/service.ts'
import { findSessionMember, type PersonActor } from '../identity/sessions.ts'
import { HOME_TIME_ZONE } from '../platform/clock.ts'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { languageOf, ProblemError, problems } from '../platform/errors.ts'

/** One look at a page: who looks, in which language, and where he stands. */
export type Visit = {
  language: Language
  /** Path and query of the page, to come back to. */
  here: string
  /** Everything below is absent for a stranger. */
  signedIn?: {
    actor: PersonActor
    me: z.infer<typeof Me>
    csrf: string
    parks: { id: string; name: string; timeZone: string }[]
    /** Names of the parks that have yet to admit him: told on every page while he belongs to none. */
    waitingFor: string[]
  }
}

declare module 'fastify' {
  interface FastifyRequest {
    visit: Visit | null
  }
}

export const LANGUAGE_COOKIE = 'duijie_language'
const PARKS_MAX = 100

/** Finds out who looks. The session is the same as the API's: a page can do nothing that its reader's requests could not. */
export const openVisit = async (
  deps: Pick<Deps, 'db' | 'clock' | 'config'>,
  request: FastifyRequest,
  _reply: FastifyReply,
): Promise<void> => {
  const language = chooseLanguage(request)
  request.visit = { language, here: request.url }
  const token = readSessionToken(deps, request)
  const actor = token === undefined ? undefined : await findSessionMember(deps, token)
  if (token === undefined || actor?.personId === undefined || actor.sessionId === undefined) return
  const person = { ...actor, personId: actor.personId, sessionId: actor.sessionId }
  const me = await readMe(deps, actor, token)
  const own = [...actor.adminParkIds, ...actor.parkIds]
  const { items, standings } = await transaction(deps, actor, async tx => ({
    ...(await listParks(tx, { limit: PARKS_MAX })),
    standings: own.length > 0 ? [] : await listStandings(tx, actor.organisationId),
  }))
  const waitingFor = standings.filter(({ state }) => state === 'requested').map(({ parkName }) => parkName)
  const parks = items.filter(park => own.includes(park.id)).sort((a, b) => own.indexOf(a.id) - own.indexOf(b.id))
  request.actor = actor
  request.visit.signedIn = { actor: person, me, csrf: csrfTokenOf(token), parks, waitingFor }
}

/** Chinese first: the reader's own choice, then what the browser asks for. */
const chooseLanguage = (request: FastifyRequest): Language => {
  // A request that is turned away at the door, as under overload, has no cookies read yet.
  const cookies: Record<string, string | undefined> | null = request.cookies
  const chosen = cookies?.[LANGUAGE_COOKIE]
  return chosen === 'zh' || chosen === 'en' ? chosen : languageOf(request.headers['accept-language'])
}

type Form = { _csrf?: unknown; _key?: unknown }

/**
 * Lets a form through only if a page of ours made it. Takes what belongs to the frame out of the body, so that the rest
 * is what the page's own schema describes, and leaves out what was not filled in.
 * @throws 403 forged_request
 */
export const checkForm = async (deps: Pick<Deps, 'config'>, request: FastifyRequest): Promise<void> => {
  request.query = withoutBlanks(request.query)
  if (request.method === 'GET' || request.method === 'HEAD') return
  if (request.routeOptions.config.letsIn === true) refuseForeignOrigin(deps, request)
  const { _csrf: given, _key: key, ...fields } = (request.body ?? {}) as Form
  const token = readSessionToken(deps, request)
  if (request.routeOptions.config.letsIn !== true) {
    if (token === undefined) throw new ProblemError(problems.unauthenticated)
    refuseForgery(deps, request, token, given ?? request.headers['x-csrf-token'])
  }
  // A form that is sent twice by an impatient hand makes one thing, as a program's repeated request does.
  if (typeof key === 'string') request.headers['idempotency-key'] = key
  request.body = withoutBlanks(fields)
}

const withoutBlanks = (fields: unknown): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields ?? {}).filter(([, value]) => value !== ''))

export const visitOf = (request: FastifyRequest): Visit =>
  request.visit ?? { language: chooseLanguage(request), here: request.url }

/** @throws 401, which the console answers with its sign-in page */
export const requireVisitor = (request: FastifyRequest): Visit & { signedIn: NonNullable<Visit['signedIn']> } => {
  const visit = visitOf(request)
  if (!visit.signedIn) throw new ProblemError(problems.unauthenticated)
  return { ...visit, signedIn: visit.signedIn }
}

/** The time zone that times are told in: the first park's, since that is where the reader's deadlines are. */
export const timeZoneOf = (visit: Visit): string => visit.signedIn?.parks[0]?.timeZone ?? HOME_TIME_ZONE

/** A path within the console, so that nobody is sent elsewhere by a link that was made for him. */
export const safePath = (path: string | undefined): string =>
  path !== undefined && /^\/console(?:[/?][\x21-\x7e]*)?$/.test(path) && !path.includes('\\') ? path : '/console'
