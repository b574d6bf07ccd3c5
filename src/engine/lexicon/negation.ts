import type { Token } from '../lexical/tokens.ts'

// "没有" and "缺乏" are left out on purpose: a demand that lacks something asks for it.
const REFUSAL_ZH =
  /不需要?|无需|无须|不用|不必|不要|不考虑|不做|不涉及|不包括|不包含|不含|不支持|不接受|不依赖|不允许|不使用|不采用|免除|拒绝|除了/g
const REFUSAL_EN =
  /\b(?:without|no need (?:for|of|to)|not (?:need|require|include|support|use|want)\w*|(?:does|do|did|must|may|should|can)(?: not|n't) (?:need|require|include|support|use|leave|want)|cannot use|excluding|except(?: for)?|no longer need|free of|(?<!(?:is|are|was|were|have|has|had|with) )no)\b/g
// Where the refusal stops: the end of a clause, or a turn of the argument.
const CLAUSE_END = /[,，。;；:：!！?？\n]|\bbut\b|\bthough\b|但|而是|只需|即可/
const REACH_HAN = 8
const REACH_LATIN = 30
const CLAUSE_WORD_MAX = 8

/** Tells for a token whether the words before it in its clause refuse it ("无需标注", "no cloud"). */
export function findNegated(text: string, tokens: Token[]): (token: number) => boolean {
  const refused = new Uint8Array(text.length)
  const refuse = (pattern: RegExp, reach: number) => {
    for (const match of text.matchAll(pattern)) {
      const from = match.index + match[0].length
      // A word that ends the clause may stand across the end of the reach.
      const end = text.slice(from, from + reach + CLAUSE_WORD_MAX).search(CLAUSE_END)
      refused.fill(1, from, from + (end < 0 ? reach : Math.min(end, reach)))
    }
  }
  refuse(REFUSAL_ZH, REACH_HAN)
  refuse(REFUSAL_EN, REACH_LATIN)
  return token => refused[tokens[token]?.start ?? -1] === 1
}

const LACK =
  /(?:未曾?|没有?|尚无|(?<!有)无|缺少|缺乏)(?:经过?|进行|做过?|任何)?$|\b(?:un|non|no|not|lacks?|lacking|missing) ?-?$/

/** Whether the words right in front of a place say that what follows is not there ("未标注图片", "没有振动数据"). */
export function isLacking(text: string, start: number): boolean {
  return LACK.test(text.slice(Math.max(0, start - LACK_REACH), start))
}
const LACK_REACH = 8

/** Whether a word of stopping is said not to happen ("不停机检修", "不停产盘点"): then nothing stops, and nothing broke. */
export function isNotStopped(text: string, start: number): boolean {
  return text[start] === '停' && /(?:不|无需|无须|不用)$/.test(text.slice(Math.max(0, start - 2), start))
}
