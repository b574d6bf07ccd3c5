import { isIPv4, isIPv6 } from 'node:net'

export const ADDRESS_RULES = [
  'not_an_address',
  'metadata_address',
  'translated_address',
  'loopback_address',
  'private_address',
  'special_address',
] as const
/** Why an address may not be called. */
export type AddressRule = (typeof ADDRESS_RULES)[number]

export type AddressVerdict = { allowed: true } | { allowed: false; rule: AddressRule }

/** A block of addresses: the first `prefixBits` bits of `base` are what counts. */
export interface Cidr {
  family: 4 | 6
  base: bigint
  prefixBits: number
}

interface Address {
  family: 4 | 6
  value: bigint
}

/**
 * Reads `10.0.0.0/8` or `fd00::/8`.
 * @throws RangeError when the text is not a block, or when bits behind the prefix are set (a sign of a typing error).
 */
export function parseCidr(text: string): Cidr {
  const [ip = '', bits = '', ...rest] = text.split('/')
  const address = parseAddress(ip)
  const width = address?.family === 4 ? 32 : 128
  const prefixBits = /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN
  if (!address || rest.length > 0 || !(prefixBits <= width)) throw new RangeError(`not a CIDR block: ${text}`)
  const hostBits = BigInt(width - prefixBits)
  if ((address.value >> hostBits) << hostBits !== address.value) throw new RangeError(`bits behind the prefix: ${text}`)
  return { ...address, base: address.value, prefixBits }
}

const block = (rule: AddressRule, ...cidrs: string[]) => cidrs.map(text => ({ rule, cidr: parseCidr(text) }))

/**
 * Cloud metadata services hand out credentials, so no operator list opens them. Link-local as a whole is among them:
 * AWS, Azure, GCP, Huawei, Oracle (169.254.169.254), Tencent (169.254.0.23) and AWS containers (169.254.170.2) live there.
 */
const METADATA = block(
  'metadata_address',
  '169.254.0.0/16',
  '100.100.100.200/32', // Aliyun
  '168.63.129.16/32', // Azure, inside global unicast
  '192.0.0.192/32', // Oracle
  'fd00:ec2::/32', // AWS: instance metadata ::254, name server ::253
  'fd20:ce::254/128', // GCP
  'fe80::/10',
)

/**
 * An IPv4 address inside an IPv6 one is reached through a translator that we cannot see, so it could be any of the
 * refused ones; no operator list opens these either.
 */
const TRANSLATED = block(
  'translated_address',
  '::ffff:0:0:0/96', // SIIT, RFC 2765
  '64:ff9b::/96', // NAT64, RFC 6052
  '64:ff9b:1::/48', // NAT64 for local use, RFC 8215
  '2002::/16', // 6to4
  '2001::/32', // Teredo
)

/** The IANA special-purpose registries for IPv4 and, inside global unicast, for IPv6. */
const REFUSED = [
  ...block('loopback_address', '127.0.0.0/8', '::1/128'),
  ...block(
    'private_address',
    '10.0.0.0/8',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '100.64.0.0/10',
    'fc00::/7',
    'fec0::/10',
  ),
  ...block('special_address', '0.0.0.0/8', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '198.18.0.0/15'),
  ...block('special_address', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'),
  // Globally routed, but only for AS112 name service and multicast relays: nothing there receives webhooks.
  ...block('special_address', '192.31.196.0/24', '192.52.193.0/24', '192.175.48.0/24', '2620:4f:8000::/48'),
  ...block('special_address', '2001::/23', '2001:db8::/32', '3fff::/20'),
]

const MAPPED = parseCidr('::ffff:0:0/96')
const GLOBAL_V6 = parseCidr('2000::/3')

/**
 * May this address be called? Everything outside global unicast is refused, and inside it what the IANA registries call
 * special. `allowCidrs` opens private blocks, never metadata services or translated addresses. An IPv4-mapped IPv6
 * address is judged as the IPv4 address that the kernel would dial.
 */
export function judgeAddress(ip: string, options: { allowCidrs: readonly Cidr[] }): AddressVerdict {
  const parsed = parseAddress(ip)
  if (!parsed) return { allowed: false, rule: 'not_an_address' }
  const address = unmap(parsed)
  const never = [...METADATA, ...TRANSLATED].find(entry => contains(entry.cidr, address))
  if (never) return { allowed: false, rule: never.rule }
  if (options.allowCidrs.some(cidr => contains(cidr, address))) return { allowed: true }
  const refused = REFUSED.find(entry => contains(entry.cidr, address))
  if (refused) return { allowed: false, rule: refused.rule }
  if (address.family === 6 && !contains(GLOBAL_V6, address)) return { allowed: false, rule: 'special_address' }
  return { allowed: true }
}

function contains(cidr: Cidr, address: Address): boolean {
  if (cidr.family !== address.family) return false
  const hostBits = BigInt((cidr.family === 4 ? 32 : 128) - cidr.prefixBits)
  return address.value >> hostBits === cidr.base >> hostBits
}

function unmap(address: Address): Address {
  return contains(MAPPED, address) ? { family: 4, value: address.value & 0xffff_ffffn } : address
}

/** A zone (`fe80::1%eth0`) is refused: it only ever names a link-local address. */
function parseAddress(ip: string): Address | undefined {
  if (isIPv4(ip)) return { family: 4, value: parseV4(ip) }
  if (isIPv6(ip) && !ip.includes('%')) return { family: 6, value: parseV6(ip) }
  return undefined
}

function parseV4(ip: string): bigint {
  return ip.split('.').reduce((value, byte) => (value << 8n) | BigInt(byte), 0n)
}

function parseV6(ip: string): bigint {
  const [head = '', tail] = ip.split('::')
  const left = parseGroups(head)
  const right = tail === undefined ? [] : parseGroups(tail)
  const zeros = Array<bigint>(8 - left.length - right.length).fill(0n)
  return [...left, ...zeros, ...right].reduce((value, group) => (value << 16n) | group, 0n)
}

/** 16-bit groups; the last one may be a dotted IPv4 address, which stands for two. */
function parseGroups(text: string): bigint[] {
  if (text === '') return []
  return text.split(':').flatMap(group => {
    if (!group.includes('.')) return [BigInt(`0x${group}`)]
    const v4 = parseV4(group)
    return [v4 >> 16n, v4 & 0xffffn]
  })
}
