import { createTransport } from 'nodemailer'

export type OutgoingMail = {
  to: string
  subject: string
  text: string
  /** Where mail programs stop such mail with one click (RFC 8058). */
  unsubscribeUrl?: string | undefined
}
export type Mailer = { send: (mail: OutgoingMail) => Promise<void>; close: () => void }

const TIMEOUT_MS = 10_000

/** Mail by SMTP. Rejects where the server does not take a mail within ten seconds for each step. */
export const createMailer = ({ url, from }: { url: string; from: string }): Mailer => {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: 2,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    send: async ({ to, subject, text, unsubscribeUrl }) => {
      const list = unsubscribeUrl && {
        'List-Unsubscribe': `<${unsubscribeUrl}>`,
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      }
      await transport.sendMail({
        from,
        to: { name: '', address: to },
        subject,
        text,
        headers: { 'Auto-Submitted': 'auto-generated', ...list },
      })
    },
    close: () => transport.close(),
  }
}
