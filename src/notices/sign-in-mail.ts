import { and, eq, gt, isNotNull, isNull } from 'drizzle-orm'
import { mintMailedLink } from '../identity/sign-in.ts'
import { signInLinks } from '../identity/tables.ts'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { composeSignInMail } from './mail-text.ts'

type Mailing = Pick<Deps, 'db' | 'clock' | 'random' | 'config' | 'log' | 'mailer'>

const WORKER = { kind: 'worker' } as const
const LINKS_MAX = 50

/**
 * Mails the sign-in links that were asked for: the token is made at the moment of sending and only its hash is kept. A
 * link that the server does not take is made anew at the next sweep, until it has expired. Does nothing without a mail
 * server or a public address. @returns how many went out
 */
export const sendSignInLinks = async (deps: Mailing): Promise<number> => {
  const { mailer } = deps
  const base = deps.config.publicUrl?.replace(/\/$/, '')
  if (!mailer || base === undefined) return 0
  const asked = await transaction(deps, WORKER, tx =>
    tx
      .select({ id: signInLinks.id })
      .from(signInLinks)
      .where(
        and(isNull(signInLinks.hash), isNotNull(signInLinks.personId), gt(signInLinks.expiresAt, deps.clock.now())),
      )
      .limit(LINKS_MAX),
  )
  let sent = 0
  for (const { id } of asked) {
    const link = await transaction(deps, WORKER, tx => mintMailedLink(tx, deps, id))
    if (!link) continue
    const url = `${base}/console/sign-in#token=${link.token}`
    try {
      await mailer.send({ to: link.email, ...composeSignInMail({ ...link, url }) })
      sent++
    } catch (error) {
      deps.log.error({ err: error, linkId: id }, 'a sign-in link was not taken')
      await transaction(deps, WORKER, tx => tx.update(signInLinks).set({ hash: null }).where(eq(signInLinks.id, id)))
    }
  }
  return sent
}
