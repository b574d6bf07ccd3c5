import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import type { Random } from '../province/random.ts'
import type { Receipt } from './ledger.ts'

export type Receivers = {
  urls: string[]
  receipts: Receipt[]
  /** Requests that carried no valid signature of their endpoint. */
  badSignatures: () => number
  /** How many answers of each kind were given. */
  answers: Record<Answer, number>
  close: () => void
}

type Answer = 'accepted' | 'slow' | 'failed' | 'unavailable' | 'cutBefore' | 'cutAfter'
/** How often each answer is given; the rest is accepted. A cut connection leaves the sender not knowing. */
const SHARES: [Answer, number][] = [
  ['slow', 0.05],
  ['failed', 0.06],
  ['unavailable', 0.01],
  ['cutBefore', 0.03],
  ['cutAfter', 0.03],
]
const SLOW_MS_MAX = 600

/** One server for each endpoint, which mostly accepts. `secretOf` tells the endpoint's secret once it is known. */
export const startReceivers = async (
  count: number,
  random: Random,
  secretOf: (endpoint: number) => string | undefined,
): Promise<Receivers> => {
  const receipts: Receipt[] = []
  const answers = { accepted: 0, slow: 0, failed: 0, unavailable: 0, cutBefore: 0, cutAfter: 0 }
  let badSignatures = 0
  const receive = async (endpoint: number, request: IncomingMessage, response: ServerResponse) => {
    const answer = chooseAnswer(random)
    answers[answer] += 1
    if (answer === 'cutBefore') return request.socket.resetAndDestroy()
    const body = await readText(request)
    if (!isSigned(secretOf(endpoint) ?? '', body, request)) badSignatures += 1
    if (answer === 'cutAfter') return request.socket.resetAndDestroy()
    if (answer === 'failed') return response.writeHead(500).end('broken, as planned')
    if (answer === 'unavailable') return response.writeHead(503).end()
    if (answer === 'slow') await new Promise(resolve => setTimeout(resolve, SLOW_MS_MAX * random()))
    // Counted when it is answered, whether or not the sender still lives to hear it.
    const { data } = JSON.parse(body) as { data: { scenarioId: string } }
    receipts.push({ endpoint, news: data.scenarioId, id: String(request.headers['webhook-id']) })
    return response.writeHead(204).end()
  }
  const servers = Array.from({ length: count }, (_, endpoint) =>
    createServer((request, response) => {
      // Whoever was killed while he sent leaves half a request.
      receive(endpoint, request, response).catch(() => request.socket.destroy())
    }),
  )
  for (const server of servers) await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    urls: servers.map(server => `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`),
    receipts,
    badSignatures: () => badSignatures,
    answers,
    close: () => {
      for (const server of servers) {
        server.closeAllConnections()
        server.close()
      }
    },
  }
}

const chooseAnswer = (random: Random): Answer => {
  let rest = random()
  for (const [answer, share] of SHARES) {
    if (rest < share) return answer
    rest -= share
  }
  return 'accepted'
}

const readText = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

const isSigned = (secret: string, body: string, request: IncomingMessage): boolean => {
  try {
    new Webhook(secret).verify(body, request.headers as Record<string, string>)
    return true
  } catch {
    return false
  }
}
