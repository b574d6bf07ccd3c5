import { type Aspect, ASPECT_WEIGHTS, ASPECTS, assessClarity, findObject, listTold, type Told } from './clarity.ts'
import { implyBudget, implyConstraints, implyDates } from './facts/constraints.ts'
import { implyDatasets } from './facts/datasets.ts'
import type { Fact } from './facts/fact.ts'
import { implyGoals } from './facts/goals.ts'
import { type Implied, type Reading, readText, spanOf } from './facts/reading.ts'
import { readScenario, scenarioFeatures } from './features.ts'
import { leaveOutFactNames } from './interpret/fact-names.ts'
import { rankProblems, SPANS_MAX } from './interpret/problems.ts'
import { askQuestion, prepareAnswers, type Question } from './interpret/questions.ts'
import type { Lexicon } from './lexicon/lexicon.ts'
import type { Constraints, Dataset, Goal, Language, MoneyRange, ScenarioInput, Span } from './types.ts'

export type { Question } from './interpret/questions.ts'

/** A concept that a text names, with the first places that evoked it (at most 20). `weight` 1 named, 0.6 hinted, 0.3 general. */
export type NamedConcept = { concept: string; scheme: string; label: string; weight: number; spans: Span[] }
/** A problem that a text is about, best first; `score` adds up what names it and what points to it. */
export type NamedProblem = { concept: string; label: string; score: number; spans: Span[] }

/** What the engine understood of a demand in plain words, each with its place, and what it would ask next. */
export type Interpretation = {
  concepts: NamedConcept[]
  problems: NamedProblem[]
  object?: Span
  facts: (Fact & { field: string })[]
  datasets: Implied<Dataset>[]
  goals: Implied<Goal>[]
  constraints: Implied<Constraints>[]
  budget?: Implied<MoneyRange>
  neededBy?: Implied<string>
  startsOn?: Implied<string>
  /** Most worth first; `gain` is what an answer adds to the clarity. */
  questions: Question[]
  /** 0 to 10,000: how much of what matching needs is told. */
  clarity: number
}

/** The field under which an interpreted text's spans are named. */
const TEXT_FIELD = '/summary'

/**
 * Reads a demand in plain words: concepts, numbers, datasets, goals, constraints and budget, each with its span
 * (UTF-16 offsets into `text`, field `/summary`), and questions for what is missing, in `language`. `today` (RFC 3339 day)
 * is what "明年三月" counts from; without it only dates with a year are read.
 */
export function interpret(lexicon: Lexicon, text: string, language: Language, today?: string): Interpretation {
  const reading = readText(lexicon, TEXT_FIELD, text, today)
  const input: ScenarioInput = { id: '', title: '', summary: text }
  const features = scenarioFeatures(lexicon, input, undefined, undefined, [reading])
  const told = listTold(features)
  const budget = implyBudget(reading)
  const object = findObject(features)
  const named = leaveOutFactNames(lexicon, reading)
  const problems = rankProblems(lexicon, named)
  return {
    concepts: nameConcepts(lexicon, named, language),
    problems: problems.map(problem => ({ ...problem, label: lexicon.label(problem.concept, language) })),
    ...(object === undefined ? {} : { object }),
    facts: reading.facts.map(fact => ({ ...fact, field: TEXT_FIELD })),
    datasets: implyDatasets(lexicon, reading),
    goals: implyGoals(lexicon, reading),
    constraints: implyConstraints(lexicon, reading),
    ...(budget === undefined ? {} : { budget }),
    ...implyDates(reading),
    questions: askMissing(lexicon, told, input, [named], language),
    clarity: assessClarity(told),
  }
}

/** Questions and clarity for a scenario as it stands, its fields and its texts together. */
export function reviewScenario(
  lexicon: Lexicon,
  input: ScenarioInput,
  language: Language,
): Pick<Interpretation, 'questions' | 'clarity'> {
  const readings = readScenario(lexicon, input)
  const told = listTold(scenarioFeatures(lexicon, input, undefined, undefined, readings))
  const named = readings.map(reading => leaveOutFactNames(lexicon, reading))
  return { questions: askMissing(lexicon, told, input, named, language), clarity: assessClarity(told) }
}

/** An aspect is asked for while less than this share of it is told. */
const TOLD_ENOUGH = 0.9

function askMissing(
  lexicon: Lexicon,
  told: Told,
  input: ScenarioInput,
  readings: readonly Reading[],
  language: Language,
): Question[] {
  const answers = prepareAnswers(lexicon, input, readings)
  const gainOf = (aspect: Aspect) => Math.round(ASPECT_WEIGHTS[aspect] * (1 - told[aspect]))
  return ASPECTS.filter(aspect => told[aspect] < TOLD_ENOUGH && isSensible(aspect, told))
    .map(aspect => askQuestion(lexicon, aspect, gainOf(aspect), answers, language))
    .sort((a, b) => b.gain - a.gain || (a.aspect < b.aspect ? -1 : 1))
}

/** How much data and how much of it is labelled can only be asked once it is known which data. */
const isSensible = (aspect: Aspect, told: Told) =>
  (aspect !== 'volume' && aspect !== 'labels') || told.data >= TOLD_ENOUGH

function nameConcepts(lexicon: Lexicon, reading: Reading, language: Language): NamedConcept[] {
  const byId = new Map<string, NamedConcept>()
  for (const { concept, weight, start, end } of reading.mentions) {
    const span = spanOf(reading, start, end)
    const known = byId.get(concept)
    if (known === undefined) {
      const scheme = lexicon.get(concept)?.scheme ?? ''
      byId.set(concept, { concept, scheme, label: lexicon.label(concept, language), weight, spans: [span] })
      continue
    }
    known.weight = Math.max(weight, known.weight)
    if (known.spans.length < SPANS_MAX) known.spans.push(span)
  }
  return [...byId.values()]
}
