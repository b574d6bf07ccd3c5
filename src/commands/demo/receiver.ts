import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'

export type ReceivedEvent = { type: string; data: Record<string, unknown>; webhookId: string; verified: boolean }
export type Receiver = {
  url: string
  events: ReceivedEvent[]
  /** The secret to verify with, once the endpoint is registered. */
  trust: (secret: string) => void
  close: () => Promise<void>
}

const TOLERANCE_S = 300

/** A vendor's endpoint as the documentation describes it: verify the signature over the raw bytes, then answer 2xx. */
export const startReceiver = async (port: number): Promise<Receiver> => {
  const events: ReceivedEvent[] = []
  let secret = ''
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8')
      const verified = verify(secret, request.headers, body)
      const { type, data } = JSON.parse(body) as { type: string; data: Record<string, unknown> }
      events.push({ type, data, webhookId: String(request.headers['webhook-id']), verified })
      response.writeHead(verified ? 204 : 401).end()
    })
  })
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${port}/duijie`,
    events,
    trust: given => {
      secret = given
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`, any of several signatures may fit. */
const verify = (secret: string, headers: IncomingHttpHeaders, body: string): boolean => {
  const id = String(headers['webhook-id'])
  const timestampS = Number(headers['webhook-timestamp'])
  if (!(Math.abs(Date.now() / 1_000 - timestampS) < TOLERANCE_S)) return false
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const expected = createHmac('sha256', key).update(`${id}.${timestampS}.${body}`).digest()
  return String(headers['webhook-signature'])
    .split(' ')
    .map(signature => Buffer.from(signature.replace(/^v1,/, ''), 'base64'))
    .some(signature => signature.length === expected.length && timingSafeEqual(signature, expected))
}
