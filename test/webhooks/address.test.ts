import fc from 'fast-check'
import { isIPv4 } from 'node:net'
import t from 'tap'
import { judgeAddress, parseCidr } from '../../src/platform/egress/address.ts'

const ruleOf = (ip: string, ...cidrs: string[]) => {
  const verdict = judgeAddress(ip, { allowCidrs: cidrs.map(parseCidr) })
  return verdict.allowed ? 'allowed' : verdict.rule
}

void t.test('the first and last address of each refused block is refused, its neighbours are not', t => {
  const blocks: [first: string, last: string, before?: string, after?: string][] = [
    ['0.0.0.0', '0.255.255.255', undefined, '1.0.0.0'],
    ['10.0.0.0', '10.255.255.255', '9.255.255.255', '11.0.0.0'],
    ['100.64.0.0', '100.127.255.255', '100.63.255.255', '100.128.0.0'],
    ['127.0.0.0', '127.255.255.255', '126.255.255.255', '128.0.0.0'],
    ['169.254.0.0', '169.254.255.255', '169.253.255.255', '169.255.0.0'],
    ['172.16.0.0', '172.31.255.255', '172.15.255.255', '172.32.0.0'],
    ['192.0.0.0', '192.0.0.255', '191.255.255.255', '192.0.1.0'],
    ['192.0.2.0', '192.0.2.255', '192.0.1.255', '192.0.3.0'],
    ['192.88.99.0', '192.88.99.255', '192.88.98.255', '192.88.100.0'],
    ['192.168.0.0', '192.168.255.255', '192.167.255.255', '192.169.0.0'],
    ['198.18.0.0', '198.19.255.255', '198.17.255.255', '198.20.0.0'],
    ['198.51.100.0', '198.51.100.255', '198.51.99.255', '198.51.101.0'],
    ['203.0.113.0', '203.0.113.255', '203.0.112.255', '203.0.114.0'],
    ['224.0.0.0', '255.255.255.255', '223.255.255.255'],
    ['168.63.129.16', '168.63.129.16', '168.63.129.15', '168.63.129.17'],
    ['2001::', '2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff', undefined, '2001:200::'],
    ['2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', '2001:db7:ffff::', '2001:db9::'],
    ['2002::', '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '2001:ffff::', '2003::'],
    ['3fff::', '3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff', '3ffe:ffff::', '3fff:1000::'],
    ['::', '1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', undefined, '2000::'],
    ['4000::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '3fff:ffff::'],
  ]
  for (const [first, last, before, after] of blocks) {
    t.not(ruleOf(first), 'allowed', first)
    t.not(ruleOf(last), 'allowed', last)
    if (before) t.equal(ruleOf(before), 'allowed', before)
    if (after) t.equal(ruleOf(after), 'allowed', after)
  }
  t.end()
})

void t.test('an IPv4 address and its IPv4-mapped spellings get the same verdict', t => {
  fc.assert(
    fc.property(fc.ipV4(), ip => {
      const [a = 0, b = 0, c = 0, d = 0] = ip.split('.').map(Number)
      const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
      return isIPv4(ip) && [`::ffff:${ip}`, `0:0:0:0:0:FFFF:${hex}`].every(text => ruleOf(text) === ruleOf(ip))
    }),
    { seed: 1, numRuns: 300 },
  )
  t.end()
})

void t.test('an IPv6 address that hides an IPv4 address is never called', t => {
  fc.assert(
    fc.property(fc.ipV4(), ip =>
      [`::${ip}`, `::ffff:0:${ip}`, `64:ff9b::${ip}`, `64:ff9b:1::${ip}`].every(text => ruleOf(text) !== 'allowed'),
    ),
    { seed: 2, numRuns: 100 },
  )
  t.end()
})

void t.test("the operator's list opens private networks but never a metadata service or a translator", t => {
  t.equal(ruleOf('10.1.2.3', '10.0.0.0/8'), 'allowed')
  t.equal(ruleOf('::ffff:10.1.2.3', '10.0.0.0/8'), 'allowed')
  t.equal(ruleOf('10.1.2.3', '10.2.0.0/16'), 'private_address')
  t.equal(ruleOf('::1', '::1/128'), 'allowed')
  t.equal(ruleOf('fd12::1', 'fd00::/8'), 'allowed')
  for (const ip of [
    '169.254.169.254',
    '100.100.100.200',
    '168.63.129.16',
    'fd00:ec2::254',
    'fe80::a9fe:a9fe',
    '::ffff:169.254.0.23',
  ]) {
    t.equal(ruleOf(ip, '0.0.0.0/0', '::/0'), 'metadata_address', ip)
  }
  t.equal(ruleOf('64:ff9b::a9fe:a9fe', '::/0'), 'translated_address')
  t.end()
})

void t.test('what is not an address is refused, not guessed', t => {
  for (const text of ['', 'example.com', '127.1', '0x7f.0.0.1', '1.2.3.4.5', 'fe80::1%eth0', '[::1]', ' 8.8.8.8']) {
    t.equal(ruleOf(text), 'not_an_address', text)
  }
  t.end()
})

void t.test('a block that is mistyped stops the start instead of opening something else', t => {
  for (const text of [
    '10.0.0.0',
    '10.0.0.0/33',
    '10.0.0.1/8',
    '::/129',
    '10.0.0.0/8/8',
    '10.0.0.0/',
    '10.0.0.0/-1',
    'x/8',
  ]) {
    t.throws(() => parseCidr(text), RangeError, text)
  }
  t.end()
})
