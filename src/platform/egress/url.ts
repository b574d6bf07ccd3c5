import { isIP } from 'node:net'
import type { AddressRule, Cidr } from './address.ts'
import { judgeAddress } from './address.ts'

export const URL_RULES = [
  'malformed_url',
  'long_url',
  'scheme',
  'userinfo',
  'port',
  'malformed_name',
  'single_label_name',
  'reserved_name',
  'metadata_name',
] as const
/** Why a URL may not be called. */
export type UrlRule = (typeof URL_RULES)[number] | AddressRule

export type UrlVerdict = { allowed: true; url: URL } | { allowed: false; rule: UrlRule; message: string }

export interface UrlPolicy {
  /** Operator's flag, for development: plain http and port 80 as well. */
  allowHttp: boolean
  /** Operator's list of private blocks that may be called all the same. */
  allowCidrs: readonly Cidr[]
}

const URL_CHARS_MAX = 2_048
const NAME_CHARS_MAX = 253

/**
 * Names that mean the local machine or network, or nothing: IANA special-use domain names (RFC 6761, 6762, 7686, 8375,
 * 9476), ICANN's `internal`, and the suffixes that RFC 6762 appendix G and container platforms use privately. They are
 * refused before any look-up, because a search list or a hosts file could give them a meaning.
 */
const RESERVED_SUFFIXES = new Set(
  (
    'localhost local localdomain internal intranet private corp home lan mail test example invalid onion alt arpa ' +
    'localhost6 localdomain6 svc cluster consul docker kubernetes'
  ).split(' '),
)

/** Public names under which clouds answer with their metadata service. */
const METADATA_NAMES = new Set(['metadata.tencentyun.com', 'metadata.goog', 'metadata.google.com'])

const MESSAGES: Record<UrlRule, string> = {
  malformed_url: 'is not a URL',
  long_url: `is longer than ${URL_CHARS_MAX} characters`,
  scheme: 'must start with https://',
  userinfo: 'must not carry a user name or a password',
  port: 'must use port 443 or a port from 1024 to 65535',
  malformed_name: 'has a host that is not a domain name',
  single_label_name: 'needs a full domain name as its host',
  reserved_name: 'has a host name that is reserved for local or private use',
  metadata_name: 'has the host name of a cloud metadata service',
  not_an_address: 'has a host that is not an address',
  metadata_address: 'points to the address of a cloud metadata service or to a link-local address',
  translated_address: 'points to an address that hides another one (NAT64, 6to4, Teredo)',
  loopback_address: 'points to the machine itself',
  private_address: 'points to a private network',
  special_address: 'points to an address outside the public internet',
}

/** What to tell the owner of a URL that was refused by this rule. */
export const explainUrlRule = (rule: UrlRule): string => `The URL ${MESSAGES[rule]}.`

/**
 * May this URL be called? It is parsed once, by the WHATWG rules that the HTTP client follows too, and exactly the
 * returned `URL` must be called: a second parser could read the same text differently. Names are judged by their form
 * only; their addresses are judged at every dial.
 */
export function judgeUrl(text: string, policy: UrlPolicy): UrlVerdict {
  if (text.length > URL_CHARS_MAX) return refuse('long_url')
  if (!URL.canParse(text)) return refuse('malformed_url')
  const url = new URL(text)
  const rule = judgeParts(url, policy) ?? judgeHost(url, policy)
  return rule ? refuse(rule) : { allowed: true, url }
}

/** The host as a resolver or a socket wants it: an IPv6 literal without brackets, a name without its root dot. */
export function hostOf(url: URL): string {
  const { hostname } = url
  if (hostname.startsWith('[')) return hostname.slice(1, -1)
  return hostname.endsWith('.') ? hostname.slice(0, -1) : hostname
}

function refuse(rule: UrlRule): UrlVerdict {
  return { allowed: false, rule, message: explainUrlRule(rule) }
}

function judgeParts(url: URL, policy: UrlPolicy): UrlRule | undefined {
  if (url.protocol !== 'https:' && !(policy.allowHttp && url.protocol === 'http:')) return 'scheme'
  if (url.username !== '' || url.password !== '') return 'userinfo'
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
  if (port !== 443 && port < 1_024 && !(policy.allowHttp && port === 80)) return 'port'
  return undefined
}

function judgeHost(url: URL, policy: UrlPolicy): UrlRule | undefined {
  const host = hostOf(url)
  if (isIP(host) === 0) return judgeName(host)
  const verdict = judgeAddress(host, policy)
  return verdict.allowed ? undefined : verdict.rule
}

/** WHATWG has lower-cased the name and turned other scripts into `xn--` labels before. */
function judgeName(name: string): UrlRule | undefined {
  const labels = name.split('.')
  const wellFormed = labels.every(label => /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/.test(label))
  if (!wellFormed || name.length > NAME_CHARS_MAX) return 'malformed_name'
  const suffix = labels.at(-1) ?? ''
  if (RESERVED_SUFFIXES.has(suffix)) return 'reserved_name'
  if (labels.length < 2) return 'single_label_name'
  return METADATA_NAMES.has(name) ? 'metadata_name' : undefined
}
