import { createServer } from 'node:http'
import t from 'tap'
import { parseCidr } from '../../src/platform/egress/address.ts'
import { EgressError } from '../../src/platform/egress/failure.ts'
import { DEADLINE_MS, listen, OK, openEgress, openRawPeer } from './peers.ts'

const request = { headers: {}, body: '{}', totalMs: 15_000 }
const loopback = [parseCidr('127.0.0.0/8')]
const portOf = (url: string) => new URL(url).port

void t.test('one refused address among the answers refuses the whole name, and nothing is sent', async t => {
  const peer = await openRawPeer(t, socket => void socket.write(OK))
  const cases: [answers: string[], rule: string][] = [
    [['127.0.0.1', '10.0.0.1'], 'private_address'],
    [['10.0.0.1', '127.0.0.1'], 'private_address'],
    [['127.0.0.1', '::1'], 'loopback_address'],
    [['127.0.0.1', '2606:4700::1', 'fd00::1'], 'private_address'],
    [['169.254.169.254'], 'metadata_address'],
    [['::ffff:169.254.169.254'], 'metadata_address'],
    [['::ffff:a9fe:a9fe', '127.0.0.1'], 'metadata_address'],
    [['64:ff9b::7f00:1'], 'translated_address'],
    [['0.0.0.0'], 'special_address'],
    [['not an address'], 'not_an_address'],
  ]
  for (const [answers, rule] of cases) {
    const egress = openEgress(t, { resolver: async () => answers, allowCidrs: loopback })
    const result = await egress.post(`http://hooks.vendor.com:${portOf(peer.url)}/`, request)
    t.match(result, { kind: 'error', code: 'blocked_address', rule }, answers.join(' '))
  }
  t.same(peer.counts, { connections: 0, requests: 0 })
})

void t.test('an alias for an internal host is refused by the address that it leads to', async t => {
  // A resolver follows aliases, so what a CNAME to `db.internal` gives is that host's address.
  const egress = openEgress(t, { resolver: async () => ['10.20.30.40'] })
  t.match(await egress.post('https://innocent.vendor.com/', request), {
    code: 'blocked_address',
    rule: 'private_address',
  })
})

void t.test('a name that turns private after registration is refused at the dial', async t => {
  let answers = ['93.184.215.14']
  const egress = openEgress(t, { resolver: async () => answers })
  t.equal((await egress.check('https://hooks.vendor.com/')).allowed, true)
  answers = ['192.168.1.1']
  t.match(await egress.post('https://hooks.vendor.com/', request), { code: 'blocked_address', rule: 'private_address' })
  t.match(await egress.check('https://hooks.vendor.com/'), { allowed: false, rule: 'private_address' })
})

void t.test('a name is looked up once per dial, so a second answer cannot replace the judged one', async t => {
  const peer = await openRawPeer(t, socket => void socket.write(OK))
  let lookUps = 0
  const egress = openEgress(t, {
    resolver: async () => {
      lookUps += 1
      return lookUps === 1 ? ['127.0.0.1'] : ['169.254.169.254']
    },
  })
  const result = await egress.post(`http://hooks.vendor.com:${portOf(peer.url)}/`, request)
  t.match(result, { kind: 'response', status: 200, remoteAddress: '127.0.0.1' })
  t.equal(lookUps, 1)
})

void t.test('a literal address is judged although it is never looked up', async t => {
  const egress = openEgress(t, {
    allowCidrs: [],
    resolver: () => {
      throw new Error('not to be called')
    },
  })
  const peer = await openRawPeer(t, socket => void socket.write(OK))
  for (const host of ['127.0.0.1', '127.1', '0x7f000001', '[::ffff:7f00:1]', '2130706433']) {
    const result = await egress.post(`http://${host}:${portOf(peer.url)}/`, request)
    t.match(result, { code: 'blocked_address', rule: 'loopback_address' }, host)
  }
  t.equal(peer.counts.connections, 0)
})

void t.test('a URL that was never allowed is refused with its rule, without a look-up', async t => {
  const egress = openEgress(t, { allowHttp: false })
  t.match(await egress.post('http://hooks.vendor.com/', request), { code: 'blocked_address', rule: 'scheme' })
  t.match(await egress.post('https://db.internal/', request), { code: 'blocked_address', rule: 'reserved_name' })
  t.match(await egress.check('https://user@vendor.com/'), { allowed: false, rule: 'userinfo' })
})

void t.test('a name that does not exist is a failure to retry, not a block', async t => {
  const egress = openEgress(t)
  t.match(await egress.post('https://gone.vendor.com/', request), { kind: 'error', code: 'dns_not_found' })
  t.equal((await egress.check('https://gone.vendor.com/')).allowed, true)
})

void t.test('a resolver that hangs or fails ends with its own code', async t => {
  const hanging = openEgress(t, { resolver: () => new Promise(() => {}) })
  t.match(await hanging.post('https://hooks.vendor.com/', { ...request, totalMs: DEADLINE_MS }), {
    kind: 'error',
    code: 'dns_timeout',
  })
  const patient = { ...request, totalMs: 60_000, connectMs: DEADLINE_MS }
  t.match(await hanging.post('https://hooks.vendor.com/', patient), { kind: 'error', code: 'dns_timeout' })
  const failing = openEgress(t, {
    resolver: () => Promise.reject(new EgressError({ code: 'dns_failure', message: 'SERVFAIL' })),
  })
  t.match(await failing.post('https://hooks.vendor.com/', request), { kind: 'error', code: 'dns_failure' })
})

void t.test('the next address is tried where the first does not answer', async t => {
  const peer = await openRawPeer(t, socket => void socket.write(OK))
  const egress = openEgress(t, { resolver: async () => ['127.0.0.2', '127.0.0.1'] })
  const result = await egress.post(`http://hooks.vendor.com:${portOf(peer.url)}/`, request)
  t.match(result, { kind: 'response', status: 200, remoteAddress: '127.0.0.1' })
})

void t.test('a closed port is a refused connection', async t => {
  const peer = await openRawPeer(t, () => {})
  const egress = openEgress(t)
  const { port } = new URL(peer.url)
  t.match(await egress.post(`http://127.0.0.3:${port}/`, request), { kind: 'error', code: 'connection_refused' })
})

void t.test('no redirect is ever followed', async t => {
  let visits = 0
  const internal = await listen(
    t,
    createServer((_, reply) => {
      visits += 1
      reply.end()
    }),
  )
  const statuses = [300, 301, 302, 303, 304, 305, 307, 308]
  const redirecting = await listen(
    t,
    createServer((incoming, reply) => {
      reply.writeHead(Number(incoming.url?.slice(1)), {
        location: `http://127.0.0.1:${internal}/`,
        refresh: `0;url=http://127.0.0.1:${internal}/`,
      })
      reply.end()
    }),
  )
  const egress = openEgress(t)
  for (const status of statuses) {
    const result = await egress.post(`http://127.0.0.1:${redirecting}/${status}`, request)
    t.match(result, { kind: 'response', status, headers: { location: `http://127.0.0.1:${internal}/` } })
  }
  t.equal(visits, 0)
})
