/** The characters of GB 32100-2015 in the order of their values: no I, O, S, V, Z. */
const CHARACTERS = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const LENGTH = 18
const BASE = 3

/**
 * Whether a text is a unified social credit code whose check character is right: 18 characters, the last of which makes
 * the weighted sum a multiple of 31 (GB 32100-2015, 5.6: the weight of place i is 3^(i-1) mod 31).
 */
export const isCreditCode = (code: string): boolean => {
  if (code.length !== LENGTH || !/^[0-9A-Z]{2}\d{6}/.test(code)) return false
  let sum = 0
  let weight = 1
  for (const character of code.slice(0, -1)) {
    const value = CHARACTERS.indexOf(character)
    if (value < 0) return false
    sum += value * weight
    weight = (weight * BASE) % CHARACTERS.length
  }
  return CHARACTERS[(CHARACTERS.length - (sum % CHARACTERS.length)) % CHARACTERS.length] === code.at(-1)
}
