import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { createSecrets, loadSealingKeys } from '../../src/platform/secrets.ts'

const OLD = { id: 'old', key: Buffer.alloc(32, 1) }
const NEW = { id: 'new', key: Buffer.alloc(32, 2) }
const bytes = fc.uint8Array({ maxLength: 300 }).map(array => Buffer.from(array))

t.test('what is sealed opens in its own context and in no other', async t => {
  const { seal, open } = createSecrets([NEW])
  const holds = fc.property(bytes, fc.string(), fc.string(), (plain, context, other) => {
    const sealed = seal(plain, context)
    if (!open(sealed, context).equals(plain)) return false
    if (context === other) return true
    try {
      open(sealed, other)
      return false
    } catch {
      return true
    }
  })
  fc.assert(holds, { seed: 7, numRuns: 200 })
  t.throws(() => open(seal(Buffer.from('whsec'), 'endpoint whe_1'), 'endpoint whe_2'))
})

t.test('a sealed value does not open once any of its bytes is changed', async t => {
  const { seal, open } = createSecrets([NEW])
  const sealed = seal(Buffer.from('机密'), 'row')
  for (let i = 0; i < sealed.length; i++) {
    const changed = Buffer.from(sealed)
    changed.writeUInt8((changed.readUInt8(i) + 1) % 256, i)
    t.throws(() => open(changed, 'row'), `byte ${i}`)
  }
  t.throws(() => open(Buffer.alloc(0), 'row'))
  t.throws(() => open(sealed.subarray(0, 10), 'row'))
})

t.test('the same text is never sealed to the same bytes, and does not show in them', async t => {
  const { seal } = createSecrets([NEW])
  const plain = Buffer.from('duijie_secret_value')
  const [first, second] = [seal(plain, 'row'), seal(plain, 'row')]
  t.notOk(first.equals(second))
  t.notOk(first.includes(plain))
})

t.test(
  'a value sealed with an older key opens as long as that key is kept, and new ones use the first key',
  async t => {
    const sealed = createSecrets([OLD]).seal(Buffer.from('x'), 'row')
    const rotated = createSecrets([NEW, OLD])
    t.equal(rotated.open(sealed, 'row').toString(), 'x')
    t.throws(() => createSecrets([NEW]).open(sealed, 'row'), /no key old/)
    t.throws(() => createSecrets([OLD]).open(rotated.seal(Buffer.from('x'), 'row'), 'row'), /no key new/)
    t.throws(() => createSecrets([]), /no key to seal with/)
  },
)

t.test('without a configured key one is made, kept and readable by its owner only', async t => {
  const dataDir = join(mkdtempSync(join(tmpdir(), 'duijie-keys-')), 'made', 'later')
  t.after(() => rmSync(join(dataDir, '..', '..'), { recursive: true }))
  const [made] = loadSealingKeys({ secretsKeys: undefined, dataDir })
  t.equal(made?.key.length, 32)
  t.same(loadSealingKeys({ secretsKeys: undefined, dataDir }), [made])
  t.equal(statSync(join(dataDir, 'secrets.key')).mode & 0o777, 0o600)
  t.same(loadSealingKeys({ secretsKeys: [OLD], dataDir }), [OLD])
})
