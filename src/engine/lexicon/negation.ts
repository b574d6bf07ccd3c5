import type { Token } from '../lexical/tokens.ts'

// "没有" and "缺乏" are left out on purpose: a demand that lacks something asks for it.
const REFUSAL_ZH =
  /不需要?|无需|无须|不用|不必|不要|不考虑|不做|不涉及|不包括|不包含|不含|不支持|不接受|不依赖|不允许|不使用|不采用|免除|拒绝|除了/g
const REFUSAL_EN =
  /\b(?:without|no need (?:for|of|to)|not (?:need|require|include|support|use|want)\w*|(?:does|do|did|must|may|should|can)(?: not|n't) (?:need|require|include|support|use|leave|want)|cannot use|excluding|except(?: for)?|no longer need|free of|(?<!(?:is|are|was|were|have|has|had|with) )no)\b/g
// Where the refusal stops: the end of a clause, or a turn of the argument.
const CLAUSE_END = /[,，。;；:：!！?？\n]|\bbut\b|\bthough\b|但|而是|只需|即可/g
const REACH_HAN = 8
const REACH_LATIN = 30

/** Tells for a token whether the words before it in its clause refuse it ("无需标注", "no cloud"). */
export function findNegated(text: string, tokens: Token[]): (token: number) => boolean {
  const ends = [...text.matchAll(CLAUSE_END)].map(match => match.index)
  const closeAt = (from: number, reach: number) => Math.min(from + reach, ends.find(end => end >= from) ?? text.length)
  const refusals = [...text.matchAll(REFUSAL_ZH)].map(match => {
    const from = match.index + match[0].length
    return { from, to: closeAt(from, REACH_HAN) }
  })
  for (const match of text.matchAll(REFUSAL_EN)) {
    const from = match.index + match[0].length
    refusals.push({ from, to: closeAt(from, REACH_LATIN) })
  }
  return token => {
    const start = tokens[token]?.start ?? -1
    return refusals.some(refusal => start >= refusal.from && start < refusal.to)
  }
}
