import { readFileSync } from 'node:fs'
import t from 'tap'
import { parseCidr } from '../../src/platform/egress/address.ts'
import type { UrlPolicy } from '../../src/platform/egress/url.ts'
import { judgeUrl } from '../../src/platform/egress/url.ts'
import { sharedData } from './shared-data.ts'

const strict: UrlPolicy = { allowHttp: false, allowCidrs: [] }
const development: UrlPolicy = { allowHttp: true, allowCidrs: [parseCidr('127.0.0.0/8')] }
const ruleOf = (text: string, policy = strict) => {
  const verdict = judgeUrl(text, policy)
  return verdict.allowed ? 'allowed' : verdict.rule
}

const casesFile = sharedData('ssrf-cases.json')
void t.test('every known attack URL gets its verdict', { skip: casesFile.skip }, t => {
  const cases = JSON.parse(readFileSync(casesFile.path, 'utf8')) as { input: string; verdict: string; reason: string }[]
  t.ok(cases.length >= 70)
  for (const { input, verdict, reason } of cases) {
    t.equal(judgeUrl(input, strict).allowed ? 'allow' : 'deny', verdict, `${input} (${reason})`)
  }
  t.end()
})

void t.test('a refusal names the rule that was broken', t => {
  const cases: Record<string, string[]> = {
    scheme: ['http://example.com/', 'ftp://example.com/', 'gopher://example.com/', 'data:,x', 'blob:https://a.com/x'],
    malformed_url: [
      '',
      'example.com/hook',
      'https://',
      'https://a b.com/',
      'https://exa%00mple.com/',
      'https://1.2.3.256/',
      'https://[::1',
      'https://a.com:99999/',
    ],
    userinfo: ['https://user@example.com/', 'https://:secret@example.com/', 'https://example.com%40x@127.0.0.1/'],
    port: ['https://example.com:80/', 'https://example.com:1023/', 'https://example.com:0/', 'https://example.com:22/'],
    single_label_name: ['https://intranet-host/', 'https://com/', 'https://metadata/'],
    reserved_name: [
      'https://localhost/',
      'https://LocalHost/',
      'https://a.b.localhost./',
      'https://metadata.google.internal/',
      'https://kubernetes.default.svc/',
      'https://router.home.arpa/',
      'https://1.0.0.127.in-addr.arpa/',
      'https://x.onion/',
      'https://vendor.test/',
      'https://vendor.example/',
      'https://nas.lan/',
      'https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/',
      'https://db%2Einternal/',
      'https://db。internal/',
    ],
    metadata_name: ['https://metadata.tencentyun.com/latest/meta-data/', 'https://Metadata.Tencentyun.COM./'],
    malformed_name: [
      'https://a..example.com/',
      'https://example.com../',
      'https://*.example.com/',
      'https://-a.example.com/',
      `https://${'a'.repeat(64)}.com/`,
      `https://${'a.'.repeat(130)}com/`,
    ],
    long_url: [`https://example.com/${'a'.repeat(2048)}`],
    loopback_address: [
      'https://2130706433/',
      'https://0x7f000001/',
      'https://0x7f.1/',
      'https://017700000001/',
      'https://127.0.0.1./',
      'https://１２７.０.０.１/',
      'https://①②⑦.⓪.⓪.①/',
      'https://%31%32%37.0.0.1/',
      'https://127。0。0。1/',
      'https://[::ffff:127.0.0.1]/',
      'https://[::1]:8443/',
      '\thttps://127.0.0.1/',
      'https://127.0.\n0.1/',
    ],
    metadata_address: [
      'https://2852039166/',
      'https://0xa9fea9fe/',
      'https://[::ffff:a9fe:a9fe]/',
      'https://[fd00:ec2::254]/',
      'https://[fe80::1]/',
      'https://0xA83F8110/',
      'https://100.100.100.200./',
    ],
    private_address: [
      'https://10.0.0.1/',
      'https://172.31.255.255/',
      'https://192.168.0.1/',
      'https://100.64.0.0/',
      'https://[fc00::1]/',
      'https://0xc0a80001/',
    ],
    special_address: [
      'https://0/',
      'https://0.0.0.0/',
      'https://255.255.255.255/',
      'https://[::]/',
      'https://[ff02::1]/',
      'https://[5f00::1]/',
      'https://[100::1]/',
      'https://[2001:db8::1]/',
      'https://192.31.196.1/',
    ],
    translated_address: [
      'https://[64:ff9b::808:808]/',
      'https://[2002:7f00:1::]/',
      'https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/',
      'https://[64:ff9b:1::1]/',
    ],
  }
  for (const [rule, inputs] of Object.entries(cases)) for (const input of inputs) t.equal(ruleOf(input), rule, input)
  t.end()
})

void t.test('ordinary public endpoints are accepted in every spelling', t => {
  const inputs = [
    'https://hooks.vendor.com/',
    'https://hooks.vendor.com./x',
    'https://vendor.com:8443/a?b=c#d',
    'https://工业.中国/回调',
    'https://mylocal.com/',
    'https://internal.vendor.com/',
    'https://localhost.vendor.com/',
    'https://a_b.vendor.com/',
    'https://1.1.1.1:65535/',
    'https://[2400:3200::1]:8443/',
  ]
  for (const input of inputs) t.equal(ruleOf(input), 'allowed', input)
  t.end()
})

void t.test('the operator opens loopback and plain http for development, and nothing else', t => {
  for (const input of [
    'http://127.0.0.1:4000/',
    'http://127.1:4000/',
    'https://127.0.0.1/',
    'http://example.com/',
    'https://example.com:80/',
  ]) {
    t.equal(ruleOf(input, development), 'allowed', input)
  }
  t.equal(ruleOf('http://127.0.0.1:22/', development), 'port')
  t.equal(ruleOf('http://10.0.0.1/', development), 'private_address')
  t.equal(ruleOf('http://localhost:4000/', development), 'reserved_name')
  t.equal(ruleOf('ftp://127.0.0.1/', development), 'scheme')
  t.end()
})

void t.test('the URL that was judged is the one to call', t => {
  const verdict = judgeUrl('https://google.com\\@127.0.0.1/', strict)
  t.equal(verdict.allowed && verdict.url.href, 'https://google.com/@127.0.0.1/')
  t.end()
})
