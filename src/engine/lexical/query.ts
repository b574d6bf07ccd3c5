import type { Vocabulary } from '../lexicon/lexicon.ts'
import { normalise } from '../text.ts'
import type { Language } from '../types.ts'
import type { GroupQuery, ShardQuery, TermQuery } from './shard.ts'
import { STOP_WORDS_EN } from './stopwords.ts'
import {
  countTerms,
  countWholeWords,
  hanKey,
  TERM_CLASSES,
  type TermClass,
  type TermCounts,
  type TermKey,
  type Terms,
} from './terms.ts'
import { type Token, tokenise } from './tokens.ts'
import type { TranslationGroup, Translator } from './translate.ts'
import { normLength, saturate, sumCounts, type TextWeights } from './weights.ts'

export type TextQuery = {
  byLanguage: Record<Language, ShardQuery>
  /** What the demand says, its Chinese words uncut. */
  terms: Terms
  /** The translations that are looked for among the supplies of each language. */
  translations: Record<Language, readonly TranslationGroup[]>
}

const CLASSES_OF: Record<Language, readonly TermClass[]> = {
  zh: ['character', 'pair', 'word'],
  en: ['stem', 'latin', 'stemPair'],
}

/** Prepares a demand's text once, for the documents of either language. */
export function compileQuery(
  vocabulary: Vocabulary,
  translator: Translator,
  weights: TextWeights,
  text: string,
): TextQuery {
  const terms = countTerms(vocabulary, text)
  const tokens = tokenise(normalise(text).text)
  const chineseShare = measureChineseShare(tokens)
  const translate = (language: Language): TranslationGroup[] => {
    const foreignShare = language === 'zh' ? 1 - chineseShare : chineseShare
    if (foreignShare < weights.foreignShareMin) return []
    return language === 'zh' ? translator.toChinese(tokens) : translator.toEnglish(readWords(terms))
  }
  const translations = { zh: translate('zh'), en: translate('en') }
  // A concept's wordings are too far apart to stand for each other across languages; words are close synonyms.
  const words = new Map([...terms.sense].filter(([sense]) => Number(sense) < vocabulary.wordCount))
  const whole = { ...terms, word: countWholeWords(tokens) }
  const sought = { ...whole, words }
  const compile = (language: Language) => compileShardQuery(weights, sought, language, translations[language])
  return { byLanguage: { zh: compile('zh'), en: compile('en') }, terms: whole, translations }
}

function compileShardQuery(
  weights: TextWeights,
  terms: Terms & { words: TermCounts },
  language: Language,
  groups: readonly TranslationGroup[],
): ShardQuery {
  const classes = weights.classes[language]
  if (groups.length === 0) {
    // Within one language a longer wording stands for itself; only across languages its pieces are needed too.
    const outer = { ...terms, sense: terms.outerSenses }
    return { terms: listTermQueries(weights, classes, outer, TERM_CLASSES), groups: [], extras: [] }
  }
  const foreign = CLASSES_OF[language === 'zh' ? 'en' : 'zh']
  return {
    terms: [
      ...listTermQueries(weights, classes, terms, CLASSES_OF[language]),
      ...listTermQueries(weights, { ...classes, sense: weights.translated.sense }, { ...terms, sense: terms.words }, [
        'sense',
      ]),
    ],
    groups: groups.map(group => compileGroup(weights, group, language, groups.length)),
    extras: listTermQueries(weights, classes, terms, foreign).map(term => ({
      ...term,
      weight: term.weight * weights.translated.latin,
    })),
  }
}

// A Latin word says about as much as two Chinese characters.
const CHARACTERS_PER_WORD = 2

/** Share of a text that is Chinese, 0 to 1, stop words left out. 1 for a text without words. */
export function measureChineseShare(tokens: readonly Token[]): number {
  let han = 0
  let latin = 0
  for (const token of tokens) {
    if (token.han) han++
    else if (!STOP_WORDS_EN.has(token.word)) latin += CHARACTERS_PER_WORD
  }
  return han + latin === 0 ? 1 : han / (han + latin)
}

function readWords(terms: Terms): Map<string, number> {
  return new Map([...terms.word].map(([word, count]) => [String(word), count]))
}

/** A term said twice counts for more, but not twice: its weight grows with the root of its count. */
function listTermQueries(
  weights: TextWeights,
  classes: Record<TermClass, number>,
  terms: Terms,
  names: readonly TermClass[],
): TermQuery[] {
  return names.flatMap(termClass => {
    if (classes[termClass] === 0) return []
    const norm = normLength(weights, termClass, sumCounts(terms[termClass]))
    return [...terms[termClass]].map(([key, count]) => ({
      termClass,
      key,
      weight: classes[termClass] * Math.sqrt(count),
      self: saturate(count / norm, weights.k1),
    }))
  })
}

function compileGroup(weights: TextWeights, group: TranslationGroup, language: Language, groups: number): GroupQuery {
  const termClass = language === 'zh' ? 'word' : 'stem'
  return {
    weight: (group.phrase ? weights.translated.phrase : weights.translated.word) * Math.sqrt(group.count),
    self: saturate(group.count / normLength(weights, termClass, groups), weights.k1),
    terms: group.words.map(({ word, weight }) => ({ ...placeWord(word, language), weight })),
  }
}

/** Where a translation is looked for: a Chinese word of two characters is a pair, which misses no occurrence. */
function placeWord(word: string, language: Language): { termClass: TermClass; key: TermKey } {
  if (language === 'en') return { termClass: 'stem', key: word }
  return word.length === 2 ? { termClass: 'pair', key: hanKey(word) } : { termClass: 'word', key: word }
}
