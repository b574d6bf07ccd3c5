import { z } from 'zod'
import { Id, Instant } from '../platform/schemas.ts'

const text = z.string().trim().min(1).max(20_000)
const fields = {
  zh: text.describe('The text in Chinese'),
  en: text.describe('The same in English'),
}

export const NewTerms = z.strictObject(fields).meta({
  id: 'NewTerms',
  examples: [{ zh: '对接中获得的资料仅用于评估合作。', en: 'For evaluating the cooperation only.' }],
})

export const Terms = z
  .object({
    parkId: Id('park'),
    version: z.int().min(1).describe('Send it as `termsVersion` with the move that discloses'),
    ...fields,
    publishedAt: Instant,
  })
  .meta({ id: 'Terms' })
