import { stemEnglish } from './stem.ts'

/**
 * The smallest unit of comparison: one Chinese character, or one run of Latin letters and digits. Offsets are into the
 * normalised text. `joined` is false where punctuation stands between this token and the one before.
 */
export type Token = { word: string; stem: string; start: number; end: number; han: boolean; joined: boolean }

const KIND = { other: 0, joint: 1, han: 2, word: 3, digit: 4, surrogate: 5 }

/** Kind of every UTF-16 unit. Spaces, hyphens and the like join the words around them; other marks part them. */
const kinds = Uint8Array.from({ length: 0x10000 }, (_, code) => {
  if (code >= 0xd800 && code <= 0xdfff) return KIND.surrogate
  if (isHanCode(code)) return KIND.han
  const character = String.fromCharCode(code)
  if (/[0-9]/.test(character)) return KIND.digit
  if (/[\p{L}\p{N}\p{M}]/u.test(character)) return KIND.word
  return /[ \t\r\-_/·'’&\u00a0\u3000]/u.test(character) ? KIND.joint : KIND.other
})

/** Tokens of a text that `normalise` has folded. */
export function tokenise(text: string): Token[] {
  const tokens: Token[] = []
  let joined = true
  let at = 0
  while (at < text.length) {
    const kind = kinds[text.charCodeAt(at)] as number
    if (kind === KIND.joint || kind === KIND.other) {
      if (kind === KIND.other) joined = false
      at++
      continue
    }
    const han = kind === KIND.han || (kind === KIND.surrogate && isHanCode(text.codePointAt(at) ?? 0))
    const end = han ? at + (kind === KIND.surrogate ? 2 : 1) : findWordEnd(text, at)
    const word = text.slice(at, end)
    tokens.push({ word, stem: han ? word : stemEnglish(word), start: at, end, han, joined })
    joined = true
    at = end
  }
  return tokens
}

/** Numbers keep their decimals (0.5), names their tail (c++, c#). Always beyond `start`. */
function findWordEnd(text: string, start: number): number {
  let end = start + 1
  while (end < text.length) {
    const kind = kinds[text.charCodeAt(end)] as number
    const isDecimalPoint =
      text[end] === '.' &&
      kinds[text.charCodeAt(end - 1)] === KIND.digit &&
      kinds[text.charCodeAt(end + 1)] === KIND.digit
    if (kind !== KIND.word && kind !== KIND.digit && !isDecimalPoint && !isLowSurrogate(text, end)) break
    end++
  }
  if (text.startsWith('++', end)) return end + 2
  return text[end] === '#' ? end + 1 : end
}

function isLowSurrogate(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code >= 0xdc00 && code <= 0xdfff
}

/** Whether a code point is a Chinese character, of any plane. */
function isHanCode(code: number): boolean {
  return (
    (code >= 0x3400 && code <= 0x9fff) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0x20000 && code <= 0x323af) ||
    code === 0x3007
  )
}
