import { invitationUrl } from '../identity/addresses.ts'
import { mintInvitationMails, settleInvitationMail } from '../identity/invitation-mails.ts'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { composeInvitationMail } from './mail-text.ts'

type Mailing = Pick<Deps, 'db' | 'clock' | 'random' | 'config' | 'log' | 'mailer'>

const WORKER = { kind: 'worker' } as const
const MAILS_MAX = 50

/**
 * Mails the invitations to a seat that were made of late, to the person invited. Does nothing without a mail server or a
 * public address. @returns how many went out
 */
export const sendInvitations = async (deps: Mailing): Promise<number> => {
  const { mailer } = deps
  if (!mailer || deps.config.publicUrl === undefined) return 0
  const due = await transaction(deps, WORKER, tx => mintInvitationMails(tx, deps, MAILS_MAX))
  let sent = 0
  for (const { id, token, ...invitation } of due)
    try {
      const url = invitationUrl(deps, token)
      await mailer.send({ to: invitation.email, ...composeInvitationMail({ ...invitation, url }) })
      await transaction(deps, WORKER, tx => settleInvitationMail(tx, deps, id))
      sent++
    } catch (error) {
      deps.log.error({ err: error, invitationId: id }, 'an invitation was not taken')
    }
  return sent
}
