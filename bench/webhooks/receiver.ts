// A receiver in a process of its own, so that neither side of a comparison pays for it: started by `start-receiver.ts`.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Received } from './start-receiver.ts'

const nothing = (): Received => ({ count: 0, firstAtMs: 0, lastAtMs: 0, latenciesMs: [] })
let received = nothing()

/** `/live/<n>` accepts, `/dead/<n>` never answers, `/endless-body` and `/endless-headers` never stop. */
const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  if (request.url?.startsWith('/live')) {
    keep(text)
    response.writeHead(204).end()
  } else if (request.url === '/endless-body') {
    response.writeHead(200)
    pour(response, Buffer.alloc(65_536, 'x'))
  } else if (request.url === '/endless-headers') {
    request.socket.write('HTTP/1.1 200 OK\r\n')
    pour(request.socket, Buffer.from(`x-more: ${'y'.repeat(1_000)}\r\n`))
  }
}

const keep = (text: string): void => {
  const { timestamp } = JSON.parse(text) as { timestamp: string }
  const nowMs = Date.now()
  if (received.count === 0) received.firstAtMs = nowMs
  received.count += 1
  received.lastAtMs = nowMs
  received.latenciesMs.push(nowMs - Date.parse(timestamp))
}

/** Writes for as long as the peer reads. */
const pour = (to: NodeJS.WritableStream, chunk: Buffer): void => {
  const more = () => {
    while (to.writable && to.write(chunk));
  }
  to.on('drain', more)
  to.on('error', () => {})
  more()
}

const server = createServer((request, response) => {
  answer(request, response).catch(() => request.socket.destroy())
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
})
process.on('message', message => {
  process.send?.({ received: message === 'count' ? { ...received, latenciesMs: [] } : received })
  if (message === 'take') received = nothing()
})
process.on('disconnect', () => process.exit(0))
