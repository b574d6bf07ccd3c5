import type { Vocabulary } from '../lexicon/lexicon.ts'
import { normalise } from '../text.ts'
import { segmentWholeWords, segmentWords } from './segment.ts'
import { STOP_WORDS_EN, STOP_WORDS_ZH } from './stopwords.ts'
import { type Token, tokenise } from './tokens.ts'

/**
 * The kinds of terms by which two texts are compared, each with its own index: Chinese characters, character pairs and
 * words; English stems, words and stem pairs; and senses, which are the lexicon's everyday words in both languages.
 */
export const TERM_CLASSES = ['character', 'pair', 'word', 'stem', 'latin', 'stemPair', 'sense'] as const
export type TermClass = (typeof TERM_CLASSES)[number]

/** Han terms of one or two characters and senses are numbers, which are cheaper keys; all others are strings. */
export type TermKey = string | number
export type TermCounts = Map<TermKey, number>
/** `outerSenses` are the senses of the longest wordings alone; `sense` also holds those inside longer wordings. */
export type Terms = Record<TermClass, TermCounts> & { outerSenses: TermCounts }

/** Counts the terms of a text, class by class. */
export function countTerms(vocabulary: Vocabulary, text: string): Terms {
  const tokens = tokenise(normalise(text).text)
  const terms: Terms = {
    character: new Map(),
    pair: new Map(),
    word: new Map(),
    stem: new Map(),
    latin: new Map(),
    stemPair: new Map(),
    sense: new Map(),
    outerSenses: new Map(),
  }
  countHan(terms, tokens)
  countLatin(terms, tokens)
  visitSenses(vocabulary, tokens, (sense, inner) => {
    count(terms.sense, sense)
    if (!inner) count(terms.outerSenses, sense)
  })
  return terms
}

function count(counts: TermCounts, key: TermKey): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

const HAN_FIRST = 0x3400
const HAN_SPAN = 0xa000 - HAN_FIRST
/** Keys of single characters lie below this. */
export const KEYS_OF_ONE_CHARACTER = HAN_SPAN

/** Key of one Han character, or of a pair of them (below 2^30, so that the engine keeps it as a small integer). */
export function hanKey(text: string): number {
  const first = text.charCodeAt(0) - HAN_FIRST
  return text.length === 1 ? first : first * HAN_SPAN + text.charCodeAt(1) - HAN_FIRST
}

function countHan(terms: Terms, tokens: readonly Token[]): void {
  for (const run of listHanRuns(tokens)) {
    let before = ''
    for (const character of run) {
      // Characters outside the basic plane are names at best: they take part in words only.
      if (character.length === 1) {
        count(terms.character, hanKey(character))
        if (before !== '') count(terms.pair, hanKey(before + character))
      }
      before = character.length === 1 ? character : ''
    }
    countWords(terms.word, segmentWords(run))
  }
}

/**
 * The Chinese words of a text, each stretch counted once. A demand looks for these: its pairs of characters already
 * stand for the pieces of a long word, and counted again they would let a long name outweigh what is to be done.
 */
export function countWholeWords(tokens: readonly Token[]): TermCounts {
  const words: TermCounts = new Map()
  for (const run of listHanRuns(tokens)) countWords(words, segmentWholeWords(run))
  return words
}

function countWords(words: TermCounts, segments: readonly string[]): void {
  for (const word of segments) if (word.length > 1 && !STOP_WORDS_ZH.has(word)) count(words, word)
}

/** Stretches of Chinese characters with nothing between them. */
function listHanRuns(tokens: readonly Token[]): string[] {
  const runs: string[] = []
  let end = -1
  for (const token of tokens) {
    if (!token.han) continue
    if (token.start === end) runs[runs.length - 1] += token.word
    else runs.push(token.word)
    end = token.end
  }
  return runs
}

function countLatin(terms: Terms, tokens: Token[]): void {
  let before = ''
  for (const token of tokens) {
    if (token.han || STOP_WORDS_EN.has(token.word)) {
      if (token.han) before = ''
      continue
    }
    count(terms.stem, token.stem)
    count(terms.latin, token.word)
    if (before !== '') count(terms.stemPair, `${before} ${token.stem}`)
    before = token.stem
  }
}

/** Every sense that any stretch of the text names. `inner`: the stretch lies inside that of a longer wording. */
function visitSenses({ trie }: Vocabulary, tokens: Token[], visit: (sense: number, inner: boolean) => void): void {
  const ids = tokens.map(token => trie.tokenId(token.stem) ?? -1)
  let reach = 0
  for (let from = 0; from < tokens.length; from++) {
    let found = 0
    let node = 0
    for (let at = from; at < tokens.length; at++) {
      const id = ids[at] ?? -1
      if (id === -1 || (at > from && tokens[at]?.joined === false)) break
      node = trie.step(node, id)
      if (node === -1) break
      if (trie.termsAt(node).length === 0) continue
      foundNodes[found] = node
      foundEnds[found++] = at + 1
    }
    for (let i = 0; i < found; i++) {
      const inner = i < found - 1 || (foundEnds[i] ?? 0) <= reach
      for (const term of trie.termsAt(foundNodes[i] ?? 0)) visit(term.concept, inner)
    }
    if (found > 0) reach = Math.max(reach, foundEnds[found - 1] ?? 0)
  }
}

/** The wordings that start at one place, the shortest first: where each ends, and its node. Room that all readings share. */
const foundNodes: number[] = []
const foundEnds: number[] = []
