import { createCipheriv, createDecipheriv, hash, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from './config.ts'

export type SealingKey = { id: string; key: Buffer }
export type Secrets = {
  /** Id of the key that seals. */
  keyId: string
  seal: (plain: Buffer, context: string) => Buffer
  open: (sealed: Buffer, context: string) => Buffer
}

const NONCE_BYTES = 12
const TAG_BYTES = 16

/**
 * Seals with AES-256-GCM. Layout: one byte with the length of the key's id, the id, nonce, tag, text. The context (what
 * the secret belongs to) is authenticated, so a sealed value copied to another row does not open there.
 * @throws Error when no key fits or the bytes were changed
 */
export const createSecrets = (keys: SealingKey[]): Secrets => {
  const [current] = keys
  if (!current) throw new Error('no key to seal with')
  return {
    keyId: current.id,
    seal: (plain, context) => {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', current.key, nonce).setAAD(Buffer.from(context))
      const text = Buffer.concat([cipher.update(plain), cipher.final()])
      const id = Buffer.from(current.id)
      return Buffer.concat([Buffer.from([id.length]), id, nonce, cipher.getAuthTag(), text])
    },
    open: (sealed, context) => {
      const idEnd = 1 + (sealed[0] ?? 0)
      const id = sealed.subarray(1, idEnd).toString()
      const key = keys.find(entry => entry.id === id)
      if (!key) throw new Error(`no key ${id} to open with`)
      const nonce = sealed.subarray(idEnd, idEnd + NONCE_BYTES)
      const tag = sealed.subarray(idEnd + NONCE_BYTES, idEnd + NONCE_BYTES + TAG_BYTES)
      const decipher = createDecipheriv('aes-256-gcm', key.key, nonce).setAAD(Buffer.from(context)).setAuthTag(tag)
      return Buffer.concat([decipher.update(sealed.subarray(idEnd + NONCE_BYTES + TAG_BYTES)), decipher.final()])
    },
  }
}

/** The keys of the configuration, or one that is made once and kept in the data folder, readable by its owner only. */
export const loadSealingKeys = (config: Pick<Config, 'secretsKeys' | 'dataDir'>): SealingKey[] => {
  if (config.secretsKeys) return config.secretsKeys
  const file = join(config.dataDir, 'secrets.key')
  if (!existsSync(file)) {
    mkdirSync(config.dataDir, { recursive: true })
    writeFileSync(file, randomBytes(32).toString('base64'), { mode: 0o600, flag: 'wx' })
    chmodSync(file, 0o600)
  }
  return [{ id: 'local', key: Buffer.from(readFileSync(file, 'utf8'), 'base64') }]
}

export const sha256 = (text: string): Buffer => hash('sha256', text, 'buffer')
