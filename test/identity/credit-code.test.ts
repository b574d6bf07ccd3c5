import fc from 'fast-check'
import t from 'tap'
import { isCreditCode } from '../../src/identity/credit-code.ts'
import { CreditCode } from '../../src/identity/schemas.ts'

const CHARACTERS = '0123456789ABCDEFGHJKLMNPQRTUWXY'.split('')
const oneOf = (characters: string) => fc.constantFrom(...characters.split(''))
const digits = (length: number) =>
  fc.array(oneOf('0123456789'), { minLength: length, maxLength: length }).map(list => list.join(''))
/** Seventeen characters of the right form, without the check character. */
const body = fc.tuple(oneOf('159Y'), oneOf('1239'), digits(6), digits(9)).map(parts => parts.join(''))

t.test('of the 31 possible last characters exactly one is right', async t => {
  fc.assert(
    fc.property(body, text => CHARACTERS.filter(last => isCreditCode(text + last)).length === 1),
    { seed: 11, numRuns: 300 },
  )
  t.pass('held for 300 codes')
})

t.test('one wrong character is always noticed', async t => {
  const place = fc.nat({ max: 16 })
  const property = fc.property(body, place, fc.constantFrom(...CHARACTERS), (text, at, other) => {
    const last = CHARACTERS.find(character => isCreditCode(text + character)) ?? ''
    const changed = text.slice(0, at) + other + text.slice(at + 1)
    return changed === text || !isCreditCode(changed + last)
  })
  fc.assert(property, { seed: 12, numRuns: 500 })
  t.pass('held for 500 changes')
})

t.test('the example of the standard is right; small letters, blanks and look-alikes are told apart', async t => {
  t.ok(isCreditCode('91350100M000100Y43'))
  t.equal(CreditCode.parse(' 91350100m000100y43 '), '91350100M000100Y43')
  for (const wrong of ['91350100M000100Y44', '91350100M000100Y4', '９1350100M000100Y43', '9135O100M000100Y43', ''])
    t.notOk(CreditCode.safeParse(wrong).success, wrong)
})
