import snowball from 'snowball-stemmers'

const stemmer = snowball.newStemmer('english')
const known = new Map<string, string>()

// A province of texts holds far fewer distinct words; the limit only keeps hostile input from filling the memory.
const KNOWN_MAX = 200_000

/** English stem (Snowball) of a lower-case word. Short words and words with digits are names (MES, APS, S7): kept whole. */
export function stemEnglish(word: string): string {
  if (word.length <= 3) return word
  const cached = known.get(word)
  if (cached !== undefined) return cached
  const stem = /^[a-z]+$/.test(word) ? stemmer.stem(word) : word
  if (known.size < KNOWN_MAX) known.set(word, stem)
  return stem
}
