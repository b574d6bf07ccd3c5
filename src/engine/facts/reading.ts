import { type Mention, tagText } from '../lexicon/tag.ts'
import type { Lexicon } from '../lexicon/lexicon.ts'
import type { Span } from '../types.ts'
import { extractFacts } from './extract.ts'
import type { Fact } from './fact.ts'

/** One text field as read: its concepts and its numbers. `field` is its JSON pointer. */
export type Reading = { field: string; text: string; mentions: Mention[]; facts: Fact[] }

/** Something that a text says between the lines of its fields, with the place that says so. */
export type Implied<T> = { value: T; span: Span }

/** Reads one text field. Concepts that the text refuses ("无需标注") are left out. */
export function readText(lexicon: Lexicon, field: string, text: string): Reading {
  const mentions = tagText(lexicon, text).filter(mention => !mention.negated)
  return { field, text, mentions, facts: extractFacts(text) }
}

/** A stretch of a reading as a span. */
export function spanOf(reading: Pick<Reading, 'field' | 'text'>, start: number, end: number): Span {
  return { field: reading.field, start, end, surface: reading.text.slice(start, end) }
}

/** A part of a text between two commas or stops, with what stands in it. */
export type Clause = Reading & { start: number; end: number }

const STOP = /[，。；;！!？?\n、]|,(?!\d{3})|\.(?=\s|$)|\band\b/g

/** Cuts a reading into clauses, in order; facts and mentions belong to the clause that they start in. */
export function listClauses(reading: Reading): Clause[] {
  const stops = [...reading.text.matchAll(STOP)].map(match => ({
    start: match.index,
    end: match.index + match[0].length,
  }))
  const edges = [...stops, { start: reading.text.length, end: reading.text.length }]
  return edges.map((edge, i) => {
    const start = edges[i - 1]?.end ?? 0
    const within = (item: { start: number }) => item.start >= start && item.start < edge.start
    const { mentions, facts } = reading
    return { ...reading, start, end: edge.start, mentions: mentions.filter(within), facts: facts.filter(within) }
  })
}

/** The clause's own words, lower case. */
export function clauseText(clause: Clause): string {
  return clause.text.slice(clause.start, clause.end).toLowerCase()
}
