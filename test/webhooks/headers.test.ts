import t from 'tap'
import { judgeHeaders } from '../../src/webhooks/headers.ts'

const problemNames = (headers: Record<string, string>) => {
  const verdict = judgeHeaders(headers)
  return verdict.allowed ? [] : verdict.problems.map(({ name }) => name)
}

void t.test('an owner may add authorisation and tracing headers of their own', t => {
  t.same(judgeHeaders({ Authorization: 'Bearer abc', 'X-Tenant': 'a b\tc' }), {
    allowed: true,
    headers: { authorization: 'Bearer abc', 'x-tenant': 'a b\tc' },
  })
  t.same(judgeHeaders({}), { allowed: true, headers: {} })
  t.end()
})

void t.test('headers that frame, route or sign the request are refused in any case', t => {
  const names = [
    'Webhook-Id',
    'webhook-signature',
    'HOST',
    'Content-Length',
    'content-type',
    'Connection',
    'Transfer-Encoding',
    'TE',
    'Upgrade',
    'Proxy-Authorization',
    'Cookie',
    'User-Agent',
    'duijie-sequence',
    'Expect',
    'Accept-Encoding',
    'Keep-Alive',
    'Trailer',
  ]
  for (const name of names) t.same(problemNames({ [name]: 'x' }), [name.toLowerCase()], name)
  t.end()
})

void t.test('bad characters are refused without quoting the value', t => {
  for (const name of ['', 'a b', 'a:b', 'a\r\nb', 'ä', '名'])
    t.same(problemNames({ [name]: 'x' }), [name.toLowerCase()])
  for (const value of ['', ' x', 'x ', 'a\r\nhost: b', 'a\nb', 'a\0b', '秘', 'é', '\x7f']) {
    const verdict = judgeHeaders({ 'x-a': value })
    t.equal(verdict.allowed, false, JSON.stringify(value))
    t.notMatch(JSON.stringify(verdict), /host: b|秘/)
  }
  t.end()
})

void t.test('at most 20 headers and 4,096 bytes together, each name once', t => {
  const headers = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`x-${i}`, 'v']))
  t.same(problemNames(headers(20)), [])
  t.same(problemNames(headers(21)), ['*'])
  t.same(problemNames({ 'x-a': 'v'.repeat(4_093) }), [])
  t.same(problemNames({ 'x-a': 'v'.repeat(4_094) }), ['*'])
  t.same(problemNames({ 'X-A': '1', 'x-a': '2' }), ['x-a'])
  t.end()
})
