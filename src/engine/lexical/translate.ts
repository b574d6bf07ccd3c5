import type { Dictionary } from './dictionary.ts'
import { readWordFrequencies } from './segment.ts'
import { STOP_WORDS_EN } from './stopwords.ts'
import type { Token } from './tokens.ts'
import { tokenise } from './tokens.ts'

/** One of several words that may stand for a word of the other language; `weight` 0 to 1 says how likely. */
export type Translation = { word: string; weight: number }

/** What a word or phrase of the demand (`source`) may be called in the other language. No words: none is known. */
export type TranslationGroup = { source: string; words: readonly Translation[]; phrase: boolean; count: number }

export type Translator = {
  /** English words and phrases (up to four words) as groups of Chinese words. */
  toChinese(tokens: Token[]): TranslationGroup[]
  /** Chinese words as groups of English stems. */
  toEnglish(words: ReadonlyMap<string, number>): TranslationGroup[]
}

const PHRASE_WORDS_MAX = 4
/** A word that stands inside a longer gloss translates it only in part. */
const PARTIAL_WEIGHT = 0.35
const POSITION_DECAY = 0.3
const HAN_WORD = /^[\u3400-\u9fff]{2,6}$/

/** Builds the look-up in both directions. `translationsMax` bounds the words of one group. */
export function createTranslator(dictionary: Dictionary | undefined, translationsMax: number): Translator {
  const { chinese, english } = indexGlosses(dictionary)
  const chineseOf = (stems: string) => rankTranslations(chinese.get(stems), translationsMax)
  return {
    toChinese: tokens => groupEnglish(tokens, chineseOf),
    toEnglish: words =>
      [...words].map(([word, count]) => ({
        source: word,
        words: rankTranslations(english.get(word), translationsMax),
        phrase: false,
        count,
      })),
  }
}

type Weights = Map<string, number>

function indexGlosses(dictionary: Dictionary | undefined): {
  chinese: Map<string, Weights>
  english: Map<string, Weights>
} {
  const chinese = new Map<string, Weights>()
  const english = new Map<string, Weights>()
  if (dictionary === undefined) return { chinese, english }
  const frequencies = readWordFrequencies()
  for (const { word, glosses } of dictionary.entries) {
    if (!HAN_WORD.test(word)) continue
    // Rare and literary words seldom stand in a technical text: a word's weight grows with the log of its frequency.
    const prior = Math.log(2 + (frequencies.get(word) ?? 0)) / 10
    for (const [position, gloss] of glosses.entries()) indexGloss(chinese, english, word, prior, gloss, position)
  }
  return { chinese, english }
}

function indexGloss(
  chinese: Map<string, Weights>,
  english: Map<string, Weights>,
  word: string,
  prior: number,
  gloss: string,
  position: number,
): void {
  const all = tokenise(gloss.toLowerCase()).filter(token => !token.han)
  const tokens = /^(?:to|an?|the)$/.test(all[0]?.word ?? '') ? all.slice(1) : all
  const decay = 1 / (1 + POSITION_DECAY * position)
  if (tokens.length > 0 && tokens.length <= PHRASE_WORDS_MAX) {
    raise(chinese, tokens.map(token => token.stem).join(' '), word, decay * prior)
  }
  const matter = tokens.filter(token => !STOP_WORDS_EN.has(token.word))
  for (const token of matter) {
    if (tokens.length > 1) raise(chinese, token.stem, word, (PARTIAL_WEIGHT / tokens.length) * prior)
    raise(english, word, token.stem, decay / Math.sqrt(matter.length))
  }
}

function raise(index: Map<string, Weights>, key: string, word: string, weight: number): void {
  const known = index.get(key)
  if (known === undefined) index.set(key, new Map([[word, weight]]))
  else if ((known.get(word) ?? 0) < weight) known.set(word, weight)
}

function rankTranslations(weights: Weights | undefined, limit: number): Translation[] {
  if (weights === undefined) return []
  return [...weights]
    .map(([word, weight]) => ({ word, weight }))
    .sort((a, b) => b.weight - a.weight || (a.word < b.word ? -1 : 1))
    .slice(0, limit)
}

function groupEnglish(all: Token[], chineseOf: (stems: string) => Translation[]): TranslationGroup[] {
  const tokens = all.filter(token => !token.han)
  const groups = new Map<string, TranslationGroup>()
  for (let from = 0; from < tokens.length; from++) {
    for (let to = from + 1; to <= Math.min(tokens.length, from + PHRASE_WORDS_MAX); to++) {
      const window = tokens.slice(from, to)
      if (to > from + 1 && window.at(-1)?.joined === false) break
      if (to === from + 1 && STOP_WORDS_EN.has(window[0]?.word ?? '')) continue
      const key = window.map(token => token.stem).join(' ')
      const known = groups.get(key)
      const words = known?.words ?? chineseOf(key)
      const phrase = to > from + 1
      if (phrase && words.length === 0) continue
      const source = window.map(token => token.word).join(' ')
      groups.set(key, { source, words, phrase, count: (known?.count ?? 0) + 1 })
    }
  }
  return [...groups.values()]
}
