import type { Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { DEADLINE_MS, OK, openEgress, openRawPeer, pour } from './peers.ts'

// What ends by itself gets time enough on a busy machine; only what never ends is cut by the short deadline.
const request = { headers: { 'content-type': 'application/json' }, body: '{"a":1}', totalMs: 3_000 }
const hurried = { ...request, totalMs: DEADLINE_MS }
/**
 * What may leave a peer before it notices: the 16 KiB that we read, and what fits into the socket buffers of both
 * kernels and of both processes, which on loopback is a few megabytes. Without a bound it is hundreds of them.
 */
const SENT_BYTES_MAX = 8 * 1_048_576

void t.test('an answer without end is cut at 16 KiB and counts, an excerpt of it is kept', async t => {
  const peer = await openRawPeer(t, socket => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n')
    pour(socket, Buffer.alloc(4_096, 'x'))
  })
  const result = await openEgress(t).post(peer.url, request)
  t.match(result, { kind: 'response', status: 200 })
  t.equal(result.kind === 'response' && result.excerpt.length, 4_096)
  t.ok((await peer.sentBytes()) < SENT_BYTES_MAX)
})

void t.test('a gzip bomb stays a small packed answer', async t => {
  const bomb = gzipSync(Buffer.alloc(8 * 1_048_576))
  const peer = await openRawPeer(t, socket => {
    socket.write(`HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${bomb.length}\r\n\r\n`)
    socket.write(bomb)
  })
  const result = await openEgress(t).post(peer.url, request)
  t.equal(result.kind === 'response' && result.excerpt.length <= 4_096, true)
})

void t.test('a hostile answer ends with its error code and cannot make us read on', async t => {
  const cases: [title: string, code: string, answer: (socket: Socket) => void][] = [
    [
      'headers without end',
      'header_overflow',
      socket => {
        socket.write('HTTP/1.1 200 OK\r\n')
        pour(socket, `x-a: ${'a'.repeat(1_000)}\r\n`)
      },
    ],
    [
      'a header of 1 MB',
      'header_overflow',
      socket => {
        socket.write(`HTTP/1.1 200 OK\r\nx-a: ${'a'.repeat(1_048_576)}\r\n\r\n`)
      },
    ],
    [
      'a reason without end',
      'header_overflow',
      socket => {
        socket.write('HTTP/1.1 200 O')
        pour(socket, 'K'.repeat(1_000))
      },
    ],
    [
      'interim answers without end',
      'header_overflow',
      socket => pour(socket, 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'),
    ],
    [
      'reset after the status line',
      'connection_reset',
      socket => {
        socket.write('HTTP/1.1 200 OK\r\n', () => socket.resetAndDestroy())
      },
    ],
    ['closed after the status line', 'connection_reset', socket => void socket.end('HTTP/1.1 200 OK\r\n')],
    ['closed without a word', 'connection_reset', socket => void socket.end()],
    [
      'closed in the middle of the body',
      'connection_reset',
      socket => {
        socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf')
      },
    ],
    [
      '101',
      'bad_response',
      socket => {
        socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n')
      },
    ],
    ['100 that was not asked for', 'bad_response', socket => void socket.write('HTTP/1.1 100 Continue\r\n\r\n')],
    ['garbage', 'bad_response', socket => void socket.write('\x16\x03\x01 no HTTP at all\r\n\r\n')],
    [
      'two lengths',
      'bad_response',
      socket => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nabc')
      },
    ],
    ['silence', 'timeout', () => {}],
    [
      'a 2xx whose body never ends',
      'timeout',
      socket => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf')
      },
    ],
    [
      'one byte per 100 ms',
      'timeout',
      socket => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        const drip = setInterval(() => socket.write('x'), 100)
        socket.on('close', () => clearInterval(drip))
      },
    ],
  ]
  const egress = openEgress(t)
  await Promise.all(
    cases.map(async ([title, code, answer]) => {
      const peer = await openRawPeer(t, answer)
      const result = await egress.post(peer.url, code === 'timeout' ? hurried : request)
      t.equal(result.kind === 'error' ? result.code : `status ${result.status}`, code, title)
      t.equal(peer.counts.requests, 1, `${title}: sent once`)
      t.ok((await peer.sentBytes()) < SENT_BYTES_MAX, `${title}: the connection is closed and little was read`)
    }),
  )
})

void t.test('a large answer that comes in one piece right behind half of its headers counts', async t => {
  const peer = await openRawPeer(t, socket => {
    socket.write('HTTP/1.1 200 OK\r\nx-half: ', () => socket.write(`x\r\n\r\n${'x'.repeat(1_048_576)}`))
  })
  t.match(await openEgress(t).post(peer.url, request), { kind: 'response', status: 200 })
})

void t.test('chunk extensions without end are cut as the body would be', async t => {
  const peer = await openRawPeer(t, socket => {
    socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;')
    pour(socket, 'a'.repeat(1_000))
  })
  const result = await openEgress(t).post(peer.url, request)
  t.match(result, { kind: 'response', status: 200, excerpt: '' })
  t.ok((await peer.sentBytes()) < SENT_BYTES_MAX)
})

void t.test('interim answers before the answer are passed over', async t => {
  const peer = await openRawPeer(t, socket => void socket.write(`HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${OK}`))
  t.match(await openEgress(t).post(peer.url, request), { kind: 'response', status: 200, excerpt: 'ok' })
})

void t.test('a status that says no counts by its headers, however its body ends', async t => {
  const peer = await openRawPeer(t, socket => {
    socket.write('HTTP/1.1 429 Slow down\r\nretry-after: 60\r\ncontent-length: 10\r\n\r\nha\0lf \xff')
  })
  const result = await openEgress(t).post(peer.url, request)
  t.match(result, { kind: 'response', status: 429, headers: { 'retry-after': '60' } })
  t.notMatch(result.kind === 'response' && result.excerpt, '\0', 'NUL cannot be stored')
})
