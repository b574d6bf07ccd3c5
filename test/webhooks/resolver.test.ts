import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import t from 'tap'
import { describeFailure } from '../../src/platform/egress/failure.ts'
import { createResolver } from '../../src/platform/egress/resolver.ts'

const TYPE_A = 1
const NO_ERROR = 0
const SERVER_FAILURE = 2
const NOT_FOUND = 3
type Reply = { code: number; address?: number[] } | 'silence'

function readName(message: Buffer): { name: string; end: number } {
  const labels: string[] = []
  let end = 12
  for (let size = message.readUInt8(end); size > 0; size = message.readUInt8(end)) {
    labels.push(message.toString('latin1', end + 1, end + 1 + size))
    end += size + 1
  }
  return { name: labels.join('.'), end }
}

/** A name server (RFC 1035) on loopback that answers each question with at most one address. */
async function openNameServer(
  t: { teardown: (fn: () => void) => void },
  answer: (name: string, type: number) => Reply,
) {
  const names: string[] = []
  const server = createSocket('udp4')
  server.on('message', (message, peer) => {
    const { name, end } = readName(message)
    names.push(name)
    const reply = answer(name, message.readUInt16BE(end + 1))
    if (reply === 'silence') return
    const { code, address } = reply
    const flags = Buffer.from([0x81, 0x80 | code, 0, 1, 0, address ? 1 : 0, 0, 0, 0, 0])
    const question = message.subarray(12, end + 5)
    const record = address ? [0xc0, 12, ...question.subarray(-4), 0, 0, 0, 60, 0, address.length, ...address] : []
    server.send(Buffer.concat([message.subarray(0, 2), flags, question, Buffer.from(record)]), peer.port, peer.address)
  })
  server.bind(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const resolver = createResolver({ servers: [`127.0.0.1:${server.address().port}`], timeoutMs: 100, tries: 1 })
  return { resolver, names }
}

const V4 = [10, 0, 0, 1]
const V6 = [0xfd, ...Array<number>(14).fill(0), 1]

void t.test('all addresses of both families are found, public or not: judging is not the resolver’s part', async t => {
  const { resolver, names } = await openNameServer(t, (_, type) => ({
    code: NO_ERROR,
    address: type === TYPE_A ? V4 : V6,
  }))
  t.same(await resolver('hooks.vendor.com'), ['10.0.0.1', 'fd00::1'])
  t.same([...new Set(names)], ['hooks.vendor.com'], 'no search domain is tried')
})

void t.test('a name that does not exist, or has no address, has no addresses', async t => {
  const missing = await openNameServer(t, () => ({ code: NOT_FOUND }))
  t.same(await missing.resolver('gone.vendor.com'), [])
  const empty = await openNameServer(t, () => ({ code: NO_ERROR }))
  t.same(await empty.resolver('empty.vendor.com'), [])
})

void t.test('one family is enough when the other one fails', async t => {
  const { resolver } = await openNameServer(t, (_, type) =>
    type === TYPE_A ? { code: NO_ERROR, address: V4 } : { code: SERVER_FAILURE },
  )
  t.same(await resolver('hooks.vendor.com'), ['10.0.0.1'])
})

void t.test('a name server that fails or keeps silent is told apart from a name that does not exist', async t => {
  const failing = await openNameServer(t, () => ({ code: SERVER_FAILURE }))
  t.match(await failing.resolver('hooks.vendor.com').catch(describeFailure), { code: 'dns_failure' })
  const silent = await openNameServer(t, () => 'silence')
  t.match(await silent.resolver('hooks.vendor.com').catch(describeFailure), { code: 'dns_timeout' })
})
