import type { Fact, FactKind } from '../facts/fact.ts'
import type { Reading } from '../facts/reading.ts'
import type { Lexicon } from '../lexicon/lexicon.ts'
import type { Mention } from '../lexicon/tag.ts'

/** Words that only name the number behind them, for the kinds of number whose name is a problem's name as well. */
const NAMES: Partial<Record<FactKind, RegExp>> = {
  takt: /^(?:生产)?(?:节拍|单件时间|cycle times?|takt(?: times?)?|ct)$/i,
  money: /^(?:项目|总)?(?:预算|成本|费用|投资|budgets?|costs?|investments?)$/i,
}
/** What may stand between a name and its number ("预算大约在80万", "takt time of 3 s"). */
const LINK =
  /^[\s:：]*(?:(?:大约|大概|约|为|是|在|控制在|不超过|要求|is|of|at|about|around|roughly|up to)[\s:：]*){0,3}$/i
/** A number that is to change is what the demand is about ("节拍5秒，要降到3秒"). */
const CHANGE = /降|减|缩短|提升|提高|优化|改善|瓶颈|reduc|lower|cut|shorten|improv|rais|increas/i
const CHANGE_REACH = 16
const LINK_REACH = 16

/** Words for data and its labels, which are a problem only where they are not told of data that is held. */
const LABELS = /^(?:数据)?(?:标注|样本|数据集|标签|脱敏|label(?:l?ing|s)?|samples?|annotations?)$/i
const HELD =
  /(?:没有?|未|无|已|有|带|全部|均)(?:做过?|经过?)?标[注签]|样本(?:只有|有|共|不到|约)|标注(?:好|过|完)|可以?脱敏|脱敏[后了]|只有|un-?label|labelled/i
const CLAUSE_REACH = 30
const clauseAround = (text: string, { start, end }: Mention) =>
  `${/[^，。；;,.！!？?\n]*$/.exec(text.slice(Math.max(0, start - CLAUSE_REACH), start))?.[0] ?? ''}${/^[^，。；;,.！!？?\n]*/.exec(text.slice(start, start + CLAUSE_REACH))?.[0] ?? text.slice(start, end)}`

/**
 * A reading without the problems that are only part of a number: "节拍3秒/件" tells a takt and "预算80万" a budget, which
 * makes neither of them the problem of the demand; nor does "没有标注" of pictures that are there.
 */
export function leaveOutFactNames(lexicon: Lexicon, reading: Reading): Reading {
  let next = 0
  const mentions = reading.mentions.filter(mention => {
    while ((reading.facts[next]?.end ?? Number.POSITIVE_INFINITY) <= mention.start) next++
    const fact = reading.facts[next]
    const isProblem = lexicon.get(mention.concept)?.scheme === 'problem'
    if (!isProblem) return true
    if (LABELS.test(mention.surface) && HELD.test(clauseAround(reading.text, mention))) return false
    return fact === undefined || !isOfFact(reading.text, mention, fact)
  })
  return { ...reading, mentions }
}

/** Whether a mention lies inside the first fact that ends behind its start, or is no more than that fact's name. */
function isOfFact(text: string, { start, end, surface }: Mention, fact: Fact): boolean {
  if (fact.start <= start && end <= fact.end) return true
  if (fact.start < end || fact.start - end > LINK_REACH || NAMES[fact.kind]?.test(surface) !== true) return false
  return LINK.test(text.slice(end, fact.start)) && !CHANGE.test(text.slice(fact.end, fact.end + CHANGE_REACH))
}
