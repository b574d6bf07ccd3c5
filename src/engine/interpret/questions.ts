import type { Aspect } from '../clarity.ts'
import { resolveRefs } from '../features/refs.ts'
import type { Reading } from '../facts/reading.ts'
import type { Lexicon, Relation } from '../lexicon/lexicon.ts'
import type { Bilingual, Language, ScenarioInput } from '../types.ts'
import { rankProblems } from './problems.ts'

/** An answer offered: a concept of the lexicon by its name, or plain words. */
export type Suggestion = { concept?: string; label: string }
export type Question = { aspect: Aspect; question: string; suggestions: Suggestion[]; gain: number }

const SUGGESTIONS_MAX = 5

const QUESTIONS: Record<Aspect, Bilingual> = {
  problem: { zh: '最想解决的是哪一类问题？', en: 'Which problem do you most want solved?' },
  object: { zh: '针对的是什么产品、零件或设备？', en: 'Which product, part or machine is it about?' },
  process: { zh: '发生在哪道工序或哪台设备上？', en: 'At which process step or machine does it happen?' },
  baseline: { zh: '现在的指标是多少？', en: 'What is the figure today?' },
  target: { zh: '希望达到什么指标？', en: 'Which figure do you want to reach?' },
  data: { zh: '手上有哪些数据？', en: 'Which data do you hold?' },
  volume: { zh: '数据有多少，积累了多久？', en: 'How much data is there, over how long?' },
  labels: { zh: '其中有多少已经标注？', en: 'How much of it is labelled?' },
  constraint: {
    zh: '数据能不能出厂，接受哪种部署方式？',
    en: 'May the data leave the plant, and which deployment do you accept?',
  },
  budget: { zh: '预算大约多少？', en: 'What is the budget, roughly?' },
  date: { zh: '希望什么时候用上？', en: 'When do you need it?' },
}

const PLAIN: Partial<Record<Aspect, Bilingual[]>> = {
  labels: [
    { zh: '都没有标注', en: 'none of it' },
    { zh: '标注了一部分', en: 'part of it' },
    { zh: '全部标注', en: 'all of it' },
  ],
}

/** What answers are looked up by: the problems of a demand, best first, and everything that its texts name. */
export type Answers = { problems: readonly string[]; named: readonly string[] }

/** Works out once for all questions what a demand is about, from its fields and the readings of its texts. */
export function prepareAnswers(lexicon: Lexicon, input: ScenarioInput, readings: readonly Reading[]): Answers {
  const read = readings.flatMap(reading => rankProblems(lexicon, reading).map(problem => problem.concept))
  const named = readings.flatMap(reading => reading.mentions.map(mention => mention.concept))
  const problems = [...resolveRefs(lexicon, input.problems, 'problem'), ...read]
  return { problems: [...new Set(problems)], named: [...new Set(named)] }
}

/** A question for an aspect that is not told, with answers that the lexicon holds for this demand. */
export function askQuestion(
  lexicon: Lexicon,
  aspect: Aspect,
  gain: number,
  answers: Answers,
  language: Language,
): Question {
  const concepts = suggestConcepts(lexicon, aspect, answers).slice(0, SUGGESTIONS_MAX)
  const plain = PLAIN[aspect]?.map(words => ({ label: words[language] })) ?? []
  const suggestions = [...concepts.map(concept => ({ concept, label: lexicon.label(concept, language) })), ...plain]
  return { aspect, question: QUESTIONS[aspect][language], suggestions, gain }
}

function suggestConcepts(lexicon: Lexicon, aspect: Aspect, { problems, named }: Answers): string[] {
  if (aspect === 'constraint') return ['dp.onprem', 'dp.edge', 'dp.parkcloud', 'dp.privcloud', 'dp.public']
  if (aspect === 'problem') return problems.length > 0 ? [...problems] : listHeads(lexicon)
  if (aspect === 'process') return follow(lexicon, named, 'occursIn')
  if (aspect === 'data') return follow(lexicon, problems.slice(0, 2), 'needsModality')
  if (aspect !== 'target' && aspect !== 'baseline') return []
  const told = named.filter(id => lexicon.get(id)?.scheme === 'kpi')
  return [...new Set([...told, ...follow(lexicon, problems.slice(0, 2), 'measuredBy')])]
}

const listHeads = (lexicon: Lexicon) =>
  lexicon.byScheme('problem').flatMap(concept => (concept.broader === null ? [concept.id] : []))

/** Where edges of one kind lead, the strongest first, ties by id. */
function follow(lexicon: Lexicon, from: readonly string[], relation: Relation): string[] {
  const weights = new Map<string, number>()
  for (const id of from) {
    for (const edge of lexicon.edges(id, relation)) weights.set(edge.id, Math.max(edge.w, weights.get(edge.id) ?? 0))
  }
  return [...weights].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([id]) => id)
}
