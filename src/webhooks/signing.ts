import { createHmac } from 'node:crypto'
import type { Bilingual } from '../engine/types.ts'
import type { RandomBytes } from '../platform/clock.ts'

const SECRET_PREFIX = 'whsec_'
const NEW_SECRET_BYTES = 32
const SECRET_BYTES_MIN = 24
const SECRET_BYTES_MAX = 64
/** The current secret and up to three that are being rotated out. */
const SECRETS_MAX = 4

const WRONG_PREFIX = { zh: `密钥必须以 ${SECRET_PREFIX} 开头`, en: `must start with ${SECRET_PREFIX}` }
const NOT_BASE64 = {
  zh: `${SECRET_PREFIX} 之后不是规范的 base64`,
  en: `holds no canonical base64 after ${SECRET_PREFIX}`,
}
const WRONG_LENGTH = {
  zh: `密钥长度应为 ${SECRET_BYTES_MIN} 至 ${SECRET_BYTES_MAX} 字节`,
  en: `must hold ${SECRET_BYTES_MIN} to ${SECRET_BYTES_MAX} bytes`,
}

/** What a signature covers. `body` is the stored text, whose UTF-8 bytes are also the bytes that are sent. */
export interface SignedContent {
  id: string
  /** Seconds since 1970. Receivers refuse one older than five minutes, so every attempt carries its own. */
  timestampS: number
  body: string
}

export type ParsedSecret = { valid: true; key: Buffer } | { valid: false; message: Bilingual }

/** A fresh endpoint secret, `whsec_` and the base64 of 32 random bytes. */
export function newSecret(random: RandomBytes): string {
  return SECRET_PREFIX + random(NEW_SECRET_BYTES).toString('base64')
}

/**
 * Reads a secret that an owner brought along. The floor of 24 bytes is the specification's, which the reference
 * libraries do not enforce; the base64 must be canonical, because verifiers differ in what else they would accept.
 */
export function parseSecret(text: string): ParsedSecret {
  if (!text.startsWith(SECRET_PREFIX)) return { valid: false, message: WRONG_PREFIX }
  const encoded = text.slice(SECRET_PREFIX.length)
  const key = Buffer.from(encoded, 'base64')
  if (key.toString('base64') !== encoded) return { valid: false, message: NOT_BASE64 }
  if (key.length < SECRET_BYTES_MIN || key.length > SECRET_BYTES_MAX) return { valid: false, message: WRONG_LENGTH }
  return { valid: true, key }
}

/**
 * The exact text that is signed: `id.timestamp.body` (Standard Webhooks 1.0.0).
 * @throws RangeError when the id holds a dot or the timestamp is not whole: two contents could then sign alike.
 */
export function signedText({ id, timestampS, body }: SignedContent): string {
  if (!/^[\w-]+$/.test(id)) throw new RangeError('a webhook id holds only letters, digits, _ and -')
  if (!Number.isSafeInteger(timestampS) || timestampS <= 0) throw new RangeError('a timestamp is whole seconds')
  return `${id}.${timestampS}.${body}`
}

/**
 * The value of `webhook-signature`: one `v1,<base64 HMAC-SHA256>` per secret, separated by spaces, the current secret
 * first, so that a receiver verifies with the old or the new secret while they are being rotated.
 * @throws RangeError for no or more than four keys
 */
export function sign(content: SignedContent & { keys: readonly Buffer[] }): string {
  const { keys } = content
  if (keys.length === 0 || keys.length > SECRETS_MAX) throw new RangeError(`sign with 1 to ${SECRETS_MAX} secrets`)
  const text = signedText(content)
  return keys.map(key => `v1,${createHmac('sha256', key).update(text, 'utf8').digest('base64')}`).join(' ')
}

/** The bytes that a secret signs with. @throws RangeError for a secret that `parseSecret` refuses */
export function signingKey(secret: string): Buffer {
  const parsed = parseSecret(secret)
  if (!parsed.valid) throw new RangeError(parsed.message.en)
  return parsed.key
}
