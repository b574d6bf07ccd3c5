import { once } from 'node:events'
import type { AddressInfo, Server, Socket } from 'node:net'
import { createServer } from 'node:net'
import { parseCidr } from '../../src/platform/egress/address.ts'
import type { EgressOptions } from '../../src/platform/egress/post.ts'
import { createEgress } from '../../src/platform/egress/post.ts'

/** Long enough for an honest loopback peer, short enough for a test that waits for it to pass. */
export const DEADLINE_MS = 300

/** What tap's tests offer, as far as it is needed here. */
interface Teardown {
  teardown: (fn: () => unknown) => void
}

/** Loopback is open, as an operator opens it for development; names resolve to nothing unless the test says so. */
export function openEgress(t: Teardown, options: Partial<EgressOptions> = {}) {
  const egress = createEgress({
    resolver: async () => [],
    allowHttp: true,
    allowCidrs: [parseCidr('127.0.0.0/8')],
    ...options,
  })
  t.teardown(() => egress.close())
  return egress
}

/** Starts a server on a free loopback port and ends it, with all of its connections, after the test. */
export async function listen(t: Teardown, server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

export interface RawPeer {
  url: string
  /** Connections made to it, requests it got. */
  counts: { connections: number; requests: number }
  /** Resolves with the bytes that the peer could send on its last connection, once that is closed. */
  sentBytes: () => Promise<number>
}

/** A peer that answers each request with whatever `answer` writes, HTTP or not. */
export async function openRawPeer(t: Teardown, answer: (socket: Socket, request: number) => void): Promise<RawPeer> {
  const counts = { connections: 0, requests: 0 }
  let last: Promise<number> = Promise.resolve(0)
  const server = createServer(socket => {
    counts.connections += 1
    last = new Promise(resolve => socket.once('close', () => resolve(socket.bytesWritten)))
    socket.on('data', chunk => {
      if (!chunk.toString('latin1').startsWith('POST ')) return
      counts.requests += 1
      answer(socket, counts.requests)
    })
  })
  const port = await listen(t, server)
  return { url: `http://127.0.0.1:${port}/hook?x=1`, counts, sentBytes: () => last }
}

/** Writes the same piece for as long as the other side takes it. */
export function pour(socket: Socket, piece: string | Buffer): void {
  const more = () => {
    while (!socket.destroyed && socket.write(piece));
  }
  socket.on('drain', more)
  more()
}

export const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'
