import { stemEnglish } from './stem.ts'

/**
 * The smallest unit of comparison: one Chinese character, or one run of Latin letters and digits. Offsets are into the
 * normalised text. `joined` is false where punctuation stands between this token and the one before.
 */
export type Token = { word: string; stem: string; start: number; end: number; han: boolean; joined: boolean }

// Numbers keep their decimals (0.5) and names their tail (c++, c#); everything else that is no letter separates.
const TOKEN = /\p{Script=Han}|\d+(?:\.\d+)+|[\p{L}\p{N}\p{M}]+?(?=\p{Script=Han})|[\p{L}\p{N}\p{M}]+(?:\+\+|#)?/gu
const JOINT = /^[\s\-_/·'’&]*$/u
const BREAK = /\n/

/** Tokens of a text that `normalise` has folded. */
export function tokenise(text: string): Token[] {
  const tokens: Token[] = []
  let last = 0
  for (const match of text.matchAll(TOKEN)) {
    const word = match[0]
    const start = match.index
    const gap = text.slice(last, start)
    const han = isHanWord(word)
    const joined = start === last || (JOINT.test(gap) && !BREAK.test(gap))
    last = start + word.length
    tokens.push({ word, stem: han ? word : stemEnglish(word), start, end: last, han, joined })
  }
  return tokens
}

export function isHanWord(word: string): boolean {
  const code = word.codePointAt(0) ?? 0
  return (code >= 0x3400 && code <= 0x9fff) || (code >= 0xf900 && code <= 0xfaff) || code >= 0x20000 || code === 0x3007
}
