import type { z } from 'zod'
import type { Lexicon } from '../engine/lexicon/lexicon.ts'
import type { Language } from '../engine/types.ts'
import { dayIn } from '../platform/clock.ts'
import type { Deps } from '../platform/deps.ts'
import { interpretText } from '../scenarios/interpretations.ts'
import type { NewScenario } from '../scenarios/schemas.ts'
import { tellFields } from './fields.ts'
import { timeZoneOf, type Visit } from './visit.ts'

/** One thing that the interpreter read out of the text, to be kept or left out. */
export type Reading = { key: string; label: string; said: string; isTaken: boolean }

export type Help = {
  readings: Reading[]
  questions: { question: string; suggestions: string[] }[]
  /** How much of what matching needs is told, of 10,000. */
  clarity: number
}

type Fields = Partial<z.input<typeof NewScenario>>
/** What the text says, each with the key of its box on the page and the fields that it fills. */
type Found = { key: string; said: string; fields: Fields }

const CONCEPTS_MAX = 5

/** In whose words a text is read, and on which day (RFC 3339). */
export type Reader = { lexicon: Lexicon; language: Language; today: string }
export const readerOf = ({ lexicon, clock }: Pick<Deps, 'lexicon' | 'clock'>, visit: Visit): Reader => ({
  lexicon,
  language: visit.language,
  today: dayIn(timeZoneOf(visit), clock.now()),
})

/**
 * What the interpreter makes of a text while it is typed. `left` are the keys of what the reader has unticked: it stays
 * out while he goes on typing.
 */
export const helpPosting = ({ lexicon, language, today }: Reader, text: string, left: ReadonlySet<string>): Help => {
  const read = interpretText(lexicon, text, language, today)
  return {
    readings: findFields(read).map(({ key, said, fields }) => {
      const told = tellFields(fields, language, lexicon).map(({ name, values }) => `${name}: ${values.join(' ')}`)
      return { key, said, label: told.join(' '), isTaken: !left.has(key) }
    }),
    questions: read.questions.map(({ question, suggestions }) => ({
      question,
      suggestions: suggestions.map(suggestion => suggestion.label),
    })),
    clarity: read.clarity,
  }
}

/** The fields of a scenario that the text fills, without those that were left out. */
export const fieldsOf = ({ lexicon, language, today }: Reader, text: string, left: ReadonlySet<string>): Fields => {
  const kept = findFields(interpretText(lexicon, text, language, today)).filter(({ key }) => !left.has(key))
  const all = (name: 'problems' | 'processes' | 'goals' | 'datasets') => {
    const values = kept.flatMap<unknown>(({ fields }) => fields[name] ?? [])
    return values.length === 0 ? {} : { [name]: values }
  }
  return {
    ...Object.assign({}, ...kept.map(({ fields }) => fields)),
    ...all('problems'),
    ...all('processes'),
    ...all('goals'),
    ...all('datasets'),
    ...mergeConstraints(kept),
  }
}

const mergeConstraints = (kept: readonly Found[]): Fields => {
  const given = kept.flatMap(({ fields }) => fields.constraints ?? [])
  return given.length === 0 ? {} : { constraints: Object.assign({}, ...given) }
}

const findFields = (read: ReturnType<typeof interpretText>): Found[] => {
  const concepts = (scheme: string) => read.concepts.filter(entry => entry.concept.startsWith(`${scheme}.`))
  const saidOf = (spans: readonly { surface: string }[]) => spans[0]?.surface ?? ''
  const [industry] = concepts('ind')
  const one = (key: string, said: string, fields: Fields): Found => ({ key, said, fields })
  return [
    ...(industry ? [one('industry', saidOf(industry.spans), { industry: industry.concept })] : []),
    ...read.problems
      .slice(0, CONCEPTS_MAX)
      .map(({ concept, spans }) => one(`problem ${concept}`, saidOf(spans), { problems: [concept] })),
    ...concepts('proc')
      .slice(0, CONCEPTS_MAX)
      .map(({ concept, spans }) => one(`process ${concept}`, saidOf(spans), { processes: [concept] })),
    ...read.goals.map(({ value, span }, place) => one(`goal ${place}`, span.surface, { goals: [value] })),
    ...read.datasets.map(({ value, span }, place) => one(`dataset ${place}`, span.surface, { datasets: [value] })),
    ...read.constraints.map(({ value, span }, place) => one(`limit ${place}`, span.surface, { constraints: value })),
    ...(read.budget ? [one('budget', read.budget.span.surface, { budget: read.budget.value })] : []),
    ...(read.startsOn ? [one('startsOn', read.startsOn.span.surface, { startsOn: read.startsOn.value })] : []),
    ...(read.neededBy ? [one('neededBy', read.neededBy.span.surface, { neededBy: read.neededBy.value })] : []),
  ]
}
