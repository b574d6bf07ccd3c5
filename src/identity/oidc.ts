import { and, desc, eq, gt } from 'drizzle-orm'
import * as client from 'openid-client'
import { type Recording, record } from '../audit/record.ts'
import { transaction, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { ProblemError } from '../platform/errors.ts'
import { insertPerson, insertPosition } from './people.ts'
import { Email } from './person-schemas.ts'
import { identityProblems } from './problems.ts'
import { takeInvitationStep } from './rules.ts'
import { type OpenedSession, openSession } from './sessions.ts'
import { type Browser, markVerified } from './sign-in.ts'
import { invitations, people, personIdentities } from './tables.ts'

const WORKER = { kind: 'worker' } as const
const SCOPE = 'openid email profile'
const PROVIDER_TIMEOUT_S = 10
const TRIP_CONTEXT = 'oidc-trip'
/** How long a person may take at the provider. */
export const TRIP_MINUTES = 10

type Settings = { issuer: string; clientId: string; clientSecret: string }
/** What is kept in the browser, sealed, while the person is at the provider. */
type Trip = { state: string; nonce: string; verifier: string; until: number }
/** Who the provider says that it is. */
export type Identity = { issuer: string; subject: string; email?: string | undefined; name?: string | undefined }

export type Oidc = {
  /** The address to send the person to, and what the browser keeps meanwhile. */
  start: () => Promise<{ url: string; trip: string }>
  /** Who came back. @throws 401 provider_refused for a forged, old or refused return */
  finish: (query: string, trip: string | undefined) => Promise<Identity>
}

/** Sign-in by OpenID Connect (authorization code with PKCE, state and nonce); the provider is asked about itself at first use. */
export const createOidc = (
  deps: Pick<Deps, 'clock' | 'secrets' | 'log'>,
  settings: Settings,
  publicUrl: string,
): Oidc => {
  const redirectUri = new URL('/v1/oidc/callback', publicUrl)
  let known: Promise<client.Configuration> | undefined
  const discover = async (): Promise<client.Configuration> => {
    known ??= client.discovery(new URL(settings.issuer), settings.clientId, settings.clientSecret, undefined, {
      timeout: PROVIDER_TIMEOUT_S,
      // The configuration allows plain HTTP outside of production only; the library marks this so that it stands out.
      // oxlint-disable-next-line typescript/no-deprecated
      execute: settings.issuer.startsWith('http:') ? [client.allowInsecureRequests] : [],
    })
    try {
      return await known
    } catch (error) {
      known = undefined
      throw error
    }
  }
  const start = async () => {
    const config = await discover()
    const trip: Trip = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
      until: deps.clock.now().getTime() + TRIP_MINUTES * 60_000,
    }
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri.href,
      scope: SCOPE,
      state: trip.state,
      nonce: trip.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(trip.verifier),
      code_challenge_method: 'S256',
    })
    return {
      url: url.href,
      trip: deps.secrets.seal(Buffer.from(JSON.stringify(trip)), TRIP_CONTEXT).toString('base64url'),
    }
  }
  const finish = async (query: string, sealed: string | undefined): Promise<Identity> => {
    const trip = openTrip(deps, sealed)
    if (!trip || trip.until < deps.clock.now().getTime()) throw new ProblemError(identityProblems.providerRefused)
    try {
      return await redeem(await discover(), new URL(`?${query}`, redirectUri), trip)
    } catch (error) {
      deps.log.warn({ err: error }, 'sign-in by OpenID Connect failed')
      throw new ProblemError(identityProblems.providerRefused)
    }
  }
  return {
    start: async () => {
      try {
        return await start()
      } catch (error) {
        deps.log.error({ err: error }, 'the OpenID Connect provider cannot be reached')
        throw new ProblemError(identityProblems.providerAway)
      }
    },
    finish,
  }
}

const openTrip = (deps: Pick<Deps, 'secrets'>, sealed: string | undefined): Trip | undefined => {
  if (sealed === undefined) return undefined
  try {
    return JSON.parse(deps.secrets.open(Buffer.from(sealed, 'base64url'), TRIP_CONTEXT).toString()) as Trip
  } catch {
    // A cookie that we did not seal says nothing.
    return undefined
  }
}

const redeem = async (config: client.Configuration, url: URL, trip: Trip): Promise<Identity> => {
  const tokens = await client.authorizationCodeGrant(config, url, {
    pkceCodeVerifier: trip.verifier,
    expectedState: trip.state,
    expectedNonce: trip.nonce,
    idTokenExpected: true,
  })
  const claims = tokens.claims()
  if (!claims) throw new Error('the provider sent no id token')
  // Many providers tell the address only when asked for it.
  const more =
    claims['email'] === undefined && config.serverMetadata().userinfo_endpoint !== undefined
      ? await client.fetchUserInfo(config, tokens.access_token, claims.sub)
      : claims
  const { email, email_verified: isVerified, name } = more
  const address = typeof email === 'string' && isVerified === true ? Email.safeParse(email) : undefined
  return {
    issuer: claims.iss,
    subject: claims.sub,
    ...(address?.success ? { email: address.data } : {}),
    ...(typeof name === 'string' ? { name: name.slice(0, 100) } : {}),
  }
}

/**
 * Signs in whoever the provider named: one known by it already, or one whose verified address has an account or an
 * invitation. Nobody else gets an account by having one elsewhere.
 * @throws 403 not_invited, 403 no_organisation
 */
export const signInByIdentity = async (
  deps: Recording & Pick<Deps, 'db'>,
  identity: Identity,
  browser: Browser,
): Promise<OpenedSession> =>
  transaction(deps, WORKER, async tx => {
    const { issuer, subject } = identity
    const [linked] = await tx
      .select()
      .from(personIdentities)
      .where(and(eq(personIdentities.issuer, issuer), eq(personIdentities.subject, subject)))
    if (linked) return openSession(tx, deps, { personId: linked.personId, method: 'oidc', ...browser })
    const personId = await findInvited(tx, deps, identity)
    await markVerified(tx, deps, personId)
    await tx.insert(personIdentities).values({ issuer, subject, personId, createdAt: deps.clock.now() })
    await record(tx, deps, WORKER, { action: 'person.identity_linked', objectId: personId })
    return openSession(tx, deps, { personId, method: 'oidc', ...browser })
  })

const findInvited = async (tx: Tx, deps: Recording, { email, name }: Identity): Promise<string> => {
  if (email === undefined) throw new ProblemError(identityProblems.notInvited)
  const [person] = await tx.select({ id: people.id }).from(people).where(eq(people.email, email))
  if (person) return person.id
  const [invitation] = await tx
    .select()
    .from(invitations)
    .where(
      and(eq(invitations.email, email), eq(invitations.state, 'pending'), gt(invitations.expiresAt, deps.clock.now())),
    )
    .orderBy(desc(invitations.id))
    .limit(1)
    .for('update')
  if (!invitation) throw new ProblemError(identityProblems.notInvited)
  const { id, organisationId, role, personName } = invitation
  const personId = await insertPerson(tx, deps, { email, name: personName ?? name ?? email, language: 'zh' })
  await insertPosition(tx, deps, { personId, organisationId, role })
  const state = takeInvitationStep(invitation.state, 'accept')
  await tx.update(invitations).set({ state, decidedAt: deps.clock.now() }).where(eq(invitations.id, id))
  await record(tx, deps, WORKER, { action: 'invitation.accepted', objectId: id })
  return personId
}
