import { createPublicKey, randomBytes, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import OpenAI from 'openai'
import { Webhook } from 'standardwebhooks'
import t from 'tap'
import { newSecret, parseSecret, sign, signedText, signingKey } from '../../src/webhooks/signing.ts'
import { sharedData } from './shared-data.ts'

interface Vector {
  id: string
  secret: string
  public?: string
  msg_id: string
  timestamp: number
  payload: string
  signature: string
}

const vectorsFile = sharedData('webhook-vectors.json')
void t.test('the published signature vectors come out byte for byte', { skip: vectorsFile.skip }, t => {
  const vectors = JSON.parse(readFileSync(vectorsFile.path, 'utf8')) as Vector[]
  const symmetric = vectors.filter(vector => vector.signature.startsWith('v1,'))
  t.ok(symmetric.length >= 4)
  for (const { id, secret, msg_id, timestamp, payload, signature } of symmetric) {
    t.equal(sign({ id: msg_id, timestampS: timestamp, body: payload, keys: [signingKey(secret)] }), signature, id)
  }
  t.end()
})

void t.test('what we sign is also what the asymmetric scheme signs', { skip: vectorsFile.skip }, t => {
  const vectors = JSON.parse(readFileSync(vectorsFile.path, 'utf8')) as Vector[]
  for (const vector of vectors.filter(({ signature }) => signature.startsWith('v1a,'))) {
    const text = signedText({ id: vector.msg_id, timestampS: vector.timestamp, body: vector.payload })
    const x = Buffer.from((vector.public ?? '').slice('whpk_'.length), 'base64').toString('base64url')
    const key = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } })
    const signature = Buffer.from(vector.signature.slice('v1a,'.length), 'base64')
    t.ok(verify(null, Buffer.from(text), key, signature), vector.id)
  }
  t.end()
})

/** The foreign verifiers refuse old timestamps by the wall clock, so the tests that use them sign with it. */
const signedHeaders = (body: string, secrets: string[]) => {
  const timestampS = Math.floor(Date.now() / 1000)
  return {
    'webhook-id': 'evt_1',
    'webhook-timestamp': String(timestampS),
    'webhook-signature': sign({ id: 'evt_1', timestampS, body, keys: secrets.map(signingKey) }),
  }
}
const openai = new OpenAI({ apiKey: 'unused' })

void t.test('two independent libraries verify what we sign, with one signature and during a rotation', async t => {
  const current = newSecret(randomBytes)
  const old = newSecret(randomBytes)
  for (const body of ['{}', '{"场景":"电机轴承故障预测","得分":0.87}', '{"a":"\\ud83d\\ude00 😀 \\u0000"}']) {
    const rotated = signedHeaders(body, [current, old])
    t.match(rotated['webhook-signature'], /^v1,[^ ]{44} v1,[^ ]{44}$/)
    for (const secret of [current, old]) {
      t.same(new Webhook(secret).verify(body, rotated), JSON.parse(body))
      await t.resolves(openai.webhooks.verifySignature(body, rotated, secret))
    }
    const single = signedHeaders(body, [current])
    await t.resolves(openai.webhooks.verifySignature(body, single, current))
    t.throws(() => new Webhook(old).verify(body, single), 'an expired secret verifies no more')
    await t.rejects(openai.webhooks.verifySignature(body, single, old))
  }
})

void t.test('changing one character of the id, the time or the body breaks the signature', t => {
  const keys = [signingKey(newSecret(() => Buffer.alloc(32, 7)))]
  const base = { id: 'evt_1', timestampS: 1_700_000_000, body: '{"a":1}' }
  const changed = [
    { ...base, id: 'evt_2' },
    { ...base, timestampS: 1_700_000_001 },
    { ...base, body: '{"a":2}' },
  ]
  for (const other of changed) t.not(sign({ ...other, keys }), sign({ ...base, keys }))
  t.end()
})

void t.test('a secret has 24 to 64 bytes in canonical base64 behind its prefix', t => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), bytes => {
      const parsed = parseSecret(`whsec_${Buffer.from(bytes).toString('base64')}`)
      const isLegal = bytes.length >= 24 && bytes.length <= 64
      return parsed.valid ? isLegal && parsed.key.equals(bytes) : !isLegal
    }),
    { seed: 3, numRuns: 200 },
  )
  const good = Buffer.alloc(25, 1).toString('base64')
  for (const text of [
    '',
    good,
    `WHSEC_${good}`,
    `whsec_ ${good}`,
    `whsec_${good.replace('=', '')}`,
    `whsec_${good}\n`,
    `whsk_${good}`,
  ]) {
    t.equal(parseSecret(text).valid, false, text)
  }
  t.equal(parseSecret(newSecret(randomBytes)).valid, true)
  t.end()
})

void t.test('nothing ambiguous is ever signed', t => {
  const key = signingKey(newSecret(randomBytes))
  const keys = [key]
  const content = { id: 'evt_1', timestampS: 1, body: '' }
  t.throws(() => sign({ ...content, id: 'evt.1', keys }), RangeError)
  t.throws(() => sign({ ...content, id: '', keys }), RangeError)
  t.throws(() => sign({ ...content, timestampS: 1.5, keys }), RangeError)
  t.throws(() => sign({ ...content, keys: [] }), RangeError)
  t.throws(() => sign({ ...content, keys: Array.from({ length: 5 }, () => key) }), RangeError)
  t.throws(() => signingKey('whsec_AA=='), RangeError)
  t.end()
})
