import { createServer } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import t from 'tap'
import { makeCertificate } from './certificate.ts'
import { DEADLINE_MS, listen, OK, openEgress, openRawPeer } from './peers.ts'

const request = {
  headers: { 'content-type': 'application/json; charset=utf-8', 'webhook-id': 'evt_1' },
  body: '{"场景":1}',
  totalMs: 5_000,
}
const toLoopback = async () => ['127.0.0.1']

void t.test('the stored bytes and headers arrive as they are, and nothing else is offered', async t => {
  let seen: { headers: IncomingHttpHeaders; body: string; method: string; url: string } | undefined
  const port = await listen(
    t,
    createServer((incoming, reply) => {
      let body = ''
      incoming.setEncoding('utf8').on('data', (text: string) => {
        body += text
      })
      incoming.on('end', () => {
        const { headers, method = '', url = '' } = incoming
        seen = { headers, body, method, url }
        reply.writeHead(202, { 'x-a': 'b' }).end('received')
      })
    }),
  )
  const result = await openEgress(t).post(`http://127.0.0.1:${port}/a%20b?c=d#e`, request)
  t.match(result, {
    kind: 'response',
    status: 202,
    excerpt: 'received',
    headers: { 'x-a': 'b' },
    remoteAddress: '127.0.0.1',
  })
  t.match(seen, {
    method: 'POST',
    url: '/a%20b?c=d',
    body: request.body,
    headers: {
      ...request.headers,
      host: `127.0.0.1:${port}`,
      'accept-encoding': 'identity',
      'content-length': String(Buffer.byteLength(request.body)),
    },
  })
  const { timings } = result
  t.ok(timings.connectMs !== undefined && timings.firstByteMs !== undefined && timings.totalMs >= timings.firstByteMs)
})

void t.test(
  'a connection is kept for the next request to the same origin, and dialled afresh after 30 seconds',
  async t => {
    const peer = await openRawPeer(t, socket => void socket.write(OK))
    let nowMs = 0
    let lookUps = 0
    const egress = openEgress(t, {
      nowMs: () => nowMs,
      resolver: async () => {
        lookUps += 1
        return ['127.0.0.1']
      },
    })
    const url = `http://hooks.vendor.com:${new URL(peer.url).port}/`
    for (const at of [0, 10_000, 29_000]) {
      nowMs = at
      t.match(await egress.post(url, request), { kind: 'response', status: 200, remoteAddress: '127.0.0.1' })
    }
    t.same({ ...peer.counts, lookUps }, { connections: 1, requests: 3, lookUps: 1 })
    nowMs = 31_000
    await egress.post(url, request)
    t.same({ ...peer.counts, lookUps }, { connections: 2, requests: 4, lookUps: 2 })
  },
)

void t.test('a kept connection that the peer closes at that moment is replaced by a fresh one, once', async t => {
  const peer = await openRawPeer(t, (socket, count) => (count === 1 ? socket.write(OK) : socket.destroy()))
  const egress = openEgress(t)
  t.match(await egress.post(peer.url, request), { kind: 'response', status: 200 })
  t.match(await egress.post(peer.url, request), { kind: 'error', code: 'connection_reset' })
  t.same(peer.counts, { connections: 2, requests: 3 })
})

void t.test('an answer that asks to close, or that was cut, leaves no connection behind', async t => {
  const closing = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok'
  const cut = `HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n${'x'.repeat(20_000)}`
  for (const text of [closing, cut]) {
    const peer = await openRawPeer(t, socket => void socket.write(text))
    const egress = openEgress(t)
    for (const number of [1, 2, 3]) {
      t.match(await egress.post(peer.url, request), { kind: 'response', status: 200 }, `request ${number}`)
    }
    t.equal(peer.counts.connections, 3)
  }
})

void t.test('many requests at once each have a connection of their own', async t => {
  const peer = await openRawPeer(t, socket => void socket.write(OK))
  const egress = openEgress(t)
  const results = await Promise.all(Array.from({ length: 20 }, () => egress.post(peer.url, request)))
  t.ok(results.every(result => result.kind === 'response'))
  t.same(peer.counts, { connections: 20, requests: 20 })
})

void t.test('https is spoken with whom the certificate names, by name or by address', async t => {
  const certificate = makeCertificate({ dnsNames: ['hooks.vendor.com'], addresses: ['127.0.0.1'] })
  const port = await listen(
    t,
    createTlsServer(certificate, (_, reply) => reply.end('ok')),
  )
  const egress = openEgress(t, { ca: certificate.cert, resolver: toLoopback })
  for (const host of ['hooks.vendor.com', 'hooks.vendor.com.', '127.0.0.1']) {
    const result = await egress.post(`https://${host}:${port}/`, request)
    t.match(result, { kind: 'response', status: 200, excerpt: 'ok', timings: { tlsMs: Number } }, host)
  }
})

void t.test('a bad certificate, or none, is an error of TLS, and the request is not sent', async t => {
  const now = Date.now()
  const names = { dnsNames: ['hooks.vendor.com'] }
  const good = makeCertificate(names)
  const expired = makeCertificate({ ...names, notBefore: new Date(now - 2e9), notAfter: new Date(now - 1e9) })
  const future = makeCertificate({ ...names, notBefore: new Date(now + 1e9), notAfter: new Date(now + 2e9) })
  const other = makeCertificate({ dnsNames: ['other.vendor.com'], addresses: ['127.0.0.1'] })
  const cases = [
    { title: 'self-signed', certificate: good, ca: undefined },
    { title: 'signed by another', certificate: good, ca: other.cert },
    { title: 'expired', certificate: expired, ca: expired.cert },
    { title: 'not valid yet', certificate: future, ca: future.cert },
    { title: 'for another name', certificate: other, ca: other.cert },
  ]
  for (const { title, certificate, ca } of cases) {
    let visits = 0
    const port = await listen(
      t,
      createTlsServer(certificate, (_, reply) => {
        visits += 1
        reply.end()
      }),
    )
    const egress = openEgress(t, { resolver: toLoopback, ...(ca && { ca }) })
    t.match(
      await egress.post(`https://hooks.vendor.com:${port}/`, request),
      { kind: 'error', code: 'tls_error' },
      title,
    )
    t.equal(visits, 0, title)
  }
})

void t.test('a peer that does not speak TLS, or never finishes its greeting, is told apart', async t => {
  const plain = await listen(
    t,
    createServer((_, reply) => reply.end()),
  )
  const egress = openEgress(t)
  t.match(await egress.post(`https://127.0.0.1:${plain}/`, request), { kind: 'error', code: 'tls_error' })
  const silent = await openRawPeer(t, () => {})
  const url = silent.url.replace('http:', 'https:')
  t.match(await egress.post(url, { ...request, connectMs: DEADLINE_MS }), { kind: 'error', code: 'connect_timeout' })
  await silent.sentBytes()
})

void t.test('closing the door ends what is under way and refuses what comes later', async t => {
  const peer = await openRawPeer(t, () => egress.close())
  const egress = openEgress(t)
  t.match(await egress.post(peer.url, request), { kind: 'error', code: 'aborted' })
  t.match(await egress.post(peer.url, request), { kind: 'error', code: 'aborted' })
  t.equal(peer.counts.requests, 1)
})
