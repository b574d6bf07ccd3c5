import { z } from 'zod'
import { Id, Instant, pageBy } from '../platform/schemas.ts'
import { NOTICE_TYPES } from './rules.ts'

export const NoticeQuery = pageBy('event').extend({
  unread: z
    .enum(['true', 'false'])
    .transform(value => value === 'true')
    .optional()
    .describe('Only what was not read yet'),
})

export const Notice = z
  .object({
    id: Id('event').describe('The event that it tells of'),
    type: z.enum(NOTICE_TYPES),
    said: z.string().describe('What happened, in your language'),
    data: z.record(z.string(), z.unknown()).describe('As in the event'),
    needsAnswer: z.boolean().describe('Whether your organisation is asked to act, or must know at once'),
    createdAt: Instant,
    readAt: Instant.optional(),
  })
  .meta({ id: 'Notice' })

export const Inbox = z.object({
  items: z.array(Notice),
  unread: z.int().describe('How many in all are not read'),
  nextCursor: z.string().optional(),
})

export const ReadNotices = z.strictObject({ ids: z.array(Id('event')).min(1).max(100) }).meta({ id: 'ReadNotices' })

const mails = {
  answers: z.boolean().describe('Mail about what needs an answer, at once'),
  digest: z.boolean().describe("One mail a day, in the morning of the park's time zone"),
}
export const MailSettings = z.object(mails).meta({ id: 'MailSettings' })
export const MailSettingsChange = z.strictObject(mails).partial().meta({ id: 'MailSettingsChange' })
