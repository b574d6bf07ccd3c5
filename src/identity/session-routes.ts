import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { Id, pageOf, problemsOf } from '../platform/schemas.ts'
import { authenticate, requireMember, requirePerson } from './authenticate.ts'
import { clearSessionCookie, readSessionToken, refuseForeignOrigin } from './cookies.ts'
import { answerSignedIn, browserOf, readMe } from './me.ts'
import { changePerson, setPassword } from './people.ts'
import {
  LinkRequest,
  LinkSignIn,
  Me,
  OrganisationChoice,
  PasswordChange,
  PasswordSignIn,
  PersonChange,
  Session,
} from './person-schemas.ts'
import { chooseOrganisation, listSessions, revokeSession } from './sessions.ts'
import { requestLink, signInByLink, signInByPassword } from './sign-in.ts'

const tags = ['identity']
const letsIn = { config: { letsIn: true } }

/** Signing in and out, and what a person decides about himself. Mounted at /v1. */
export const sessionRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.post(
      '/sessions',
      {
        ...letsIn,
        schema: {
          summary: 'Sign in by password',
          description:
            'Sets the session as a cookie that no script can read, and answers the `csrfToken` that its writes need.',
          tags,
          security: [],
          body: PasswordSignIn,
          response: { 201: Me, ...problemsOf(403, 429) },
        },
      },
      async (req, reply) => {
        refuseForeignOrigin(deps, req)
        const opened = await signInByPassword(deps, req.body, browserOf(deps, req))
        reply.code(201)
        return answerSignedIn(deps, reply, opened)
      },
    )
    app.post(
      '/sign-in-links',
      {
        ...letsIn,
        schema: {
          summary: 'Ask for a sign-in link by mail',
          description: 'The answer is the same whether anybody has the address or not.',
          tags,
          security: [],
          body: LinkRequest,
          response: { 202: z.object({}).describe('Taken'), ...problemsOf(403) },
        },
      },
      async (req, reply) => {
        refuseForeignOrigin(deps, req)
        await requestLink(deps, req.body.email)
        reply.code(202)
        return {}
      },
    )
    app.post(
      '/sign-in-links/use',
      {
        ...letsIn,
        schema: {
          summary: 'Sign in by a one-time link',
          description: 'Works once. Sets the session as a cookie and answers the `csrfToken` that its writes need.',
          tags,
          security: [],
          body: LinkSignIn,
          response: { 201: Me, ...problemsOf(403) },
        },
      },
      async (req, reply) => {
        refuseForeignOrigin(deps, req)
        const opened = await signInByLink(deps, req.body.token, browserOf(deps, req))
        reply.code(201)
        return answerSignedIn(deps, reply, opened)
      },
    )
    app.get(
      '/me',
      {
        schema: {
          summary: 'Who asks',
          description: 'The person who is signed in and the organisation acted for, or the organisation of the key.',
          tags,
          response: { 200: Me, ...problemsOf() },
        },
      },
      async (req, reply) => {
        reply.header('cache-control', 'no-store')
        return readMe(deps, requireMember(req), readSessionToken(deps, req))
      },
    )
    app.patch(
      '/me',
      {
        schema: {
          summary: 'Change your name or language',
          tags,
          body: PersonChange,
          response: { 200: Me, ...problemsOf(403) },
        },
      },
      async req => {
        const actor = requirePerson(req)
        await transaction(deps, actor, tx => changePerson(tx, actor, req.body))
        return readMe(deps, actor, readSessionToken(deps, req))
      },
    )
    app.put(
      '/me/password',
      {
        schema: {
          summary: 'Set your password',
          description: 'Ends your other sessions.',
          tags,
          body: PasswordChange,
          response: { 204: z.undefined().describe('Set'), ...problemsOf(403) },
        },
      },
      async (req, reply) => {
        await setPassword(deps, requirePerson(req), req.body)
        return reply.code(204).send(undefined)
      },
    )
    app.put(
      '/me/organisation',
      {
        schema: {
          summary: 'Choose the organisation to act for',
          tags,
          body: OrganisationChoice,
          response: { 200: Me, ...problemsOf(403, 404) },
        },
      },
      async req => {
        const actor = requirePerson(req)
        await transaction(deps, actor, tx => chooseOrganisation(tx, actor, req.body.organisationId))
        return readMe(deps, requireMember({ actor: await authenticate(deps, req) }), readSessionToken(deps, req))
      },
    )
    app.get(
      '/me/sessions',
      {
        schema: {
          summary: 'Where you are signed in',
          tags,
          response: { 200: pageOf(Session), ...problemsOf(403) },
        },
      },
      async req => {
        const actor = requirePerson(req)
        return transaction(deps, actor, tx => listSessions(tx, deps, actor))
      },
    )
    app.delete(
      '/me/sessions/:sessionId',
      {
        schema: {
          summary: 'Sign out',
          description:
            '`current` is the session that the request came with; any other of yours can be ended by its id.',
          tags,
          params: z.object({ sessionId: z.union([Id('session'), z.literal('current')]) }),
          response: { 204: z.undefined().describe('Ended'), ...problemsOf(403, 404) },
        },
      },
      async (req, reply) => {
        const actor = requirePerson(req)
        const { sessionId: wanted } = req.params
        const sessionId = wanted === 'current' ? actor.sessionId : wanted
        await transaction(deps, actor, tx => revokeSession(tx, deps, actor, sessionId))
        if (sessionId === actor.sessionId) clearSessionCookie(deps, reply)
        return reply.code(204).send(undefined)
      },
    )
  }
