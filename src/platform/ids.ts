import type { Clock, RandomBytes } from './clock.ts'

/** One prefix per kind of thing, so that an id in a log or a webhook says what it is. */
export const ID_PREFIXES = {
  park: 'prk',
  organisation: 'org',
  key: 'key',
  person: 'per',
  session: 'ses',
  signInLink: 'lnk',
  invitation: 'inv',
  exclusion: 'exc',
  erasure: 'era',
  scenario: 'scn',
  capability: 'cap',
  match: 'mat',
  transition: 'mtr',
  outcome: 'out',
  resource: 'res',
  target: 'tgt',
  reportFile: 'rpf',

  reservation: 'rsv',
  fundingRule: 'fru',
  fundingGrant: 'fgr',
  consortium: 'con',
  answer: 'ans',
  pool: 'pol',
  round: 'rnd',
  event: 'evt',
  endpoint: 'whe',
  secret: 'whs',
  delivery: 'dlv',
  attempt: 'att',
  recovery: 'rcv',
  bridgeModel: 'brm',
  auditEntry: 'aud',
  import: 'imp',
  matchRun: 'run',
} as const
export type IdKind = keyof typeof ID_PREFIXES

// Crockford's base 32 without I, L, O and U: sorts as the number does and survives being read aloud.
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const TIME_CHARS = 10
const RANDOM_CHARS = 16

/**
 * A prefixed id that sorts by time: ten characters of milliseconds, sixteen of randomness (80 bits), the layout of ULID.
 */
export const newId = (deps: { clock: Clock; random: RandomBytes }, kind: IdKind): string => {
  let rest = deps.clock.now().getTime()
  let time = ''
  for (let i = 0; i < TIME_CHARS; i++) {
    time = ALPHABET.charAt(rest % 32) + time
    rest = Math.floor(rest / 32)
  }
  let noise = ''
  for (const byte of deps.random(RANDOM_CHARS)) noise += ALPHABET.charAt(byte & 31)
  return `${ID_PREFIXES[kind]}_${time}${noise}`
}

/** The form of an id of one kind, for schemas: a wrong prefix is a wrong id before any look-up. */
export const idPattern = (kind: IdKind): RegExp => new RegExp(`^${ID_PREFIXES[kind]}_[0-9a-hjkmnp-tv-z]{26}$`)
