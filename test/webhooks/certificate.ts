import type { KeyObject } from 'node:crypto'
import { generateKeyPairSync, sign } from 'node:crypto'

/** One DER value: its tag, its length, its content. */
const der = (tag: number, ...parts: Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}
const sequence = (...parts: Uint8Array[]) => der(0x30, ...parts)
const objectId = (hex: string) => der(0x06, Buffer.from(hex, 'hex'))
const time = (at: Date) => der(0x18, Buffer.from(`${at.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`))

const ECDSA_WITH_SHA256 = sequence(objectId('2a8648ce3d040302'))
const COMMON_NAME = objectId('550403')
const SUBJECT_ALT_NAME = objectId('551d11')

const nameOf = (commonName: string) => sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(commonName)))))

export interface CertificateInput {
  dnsNames?: string[]
  /** IPv4 only. */
  addresses?: string[]
  notBefore?: Date
  notAfter?: Date
}

/**
 * A self-signed X.509 certificate (RFC 5280) with its key, both in PEM. Node can read certificates but not make them,
 * and a test should need no program that may be missing.
 */
export function makeCertificate(input: CertificateInput): { cert: string; key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const content = describeCertificate(input, publicKey)
  const signature = sign('sha256', content, privateKey)
  const whole = sequence(content, ECDSA_WITH_SHA256, der(0x03, Buffer.from([0]), signature))
  const base64 = whole.toString('base64').replace(/.{64}/g, '$&\n')
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

function describeCertificate(input: CertificateInput, publicKey: KeyObject): Buffer {
  const { dnsNames = [], addresses = [] } = input
  const notBefore = input.notBefore ?? new Date('2020-01-01')
  const notAfter = input.notAfter ?? new Date('2120-01-01')
  const altNames = sequence(
    ...dnsNames.map(name => der(0x82, Buffer.from(name))),
    ...addresses.map(ip => der(0x87, Buffer.from(ip.split('.').map(Number)))),
  )
  return sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    ECDSA_WITH_SHA256,
    nameOf('test'),
    sequence(time(notBefore), time(notAfter)),
    nameOf('test'),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(sequence(SUBJECT_ALT_NAME, der(0x04, altNames)))),
  )
}
