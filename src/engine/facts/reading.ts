import { type Mention, tagText } from '../lexicon/tag.ts'
import type { Lexicon } from '../lexicon/lexicon.ts'
import type { Span } from '../types.ts'
import { extractFacts } from './extract.ts'
import type { Fact } from './fact.ts'

/**
 * One text field as read: its concepts and its numbers. `field` is its JSON pointer; `refused` holds the concepts that
 * the text names only to say that they are not wanted or not there ("无需标注", "未标注图片").
 */
export type Reading = { field: string; text: string; mentions: Mention[]; refused: Mention[]; facts: Fact[] }

/** Something that a text says between the lines of its fields, with the place that says so. */
export type Implied<T> = { value: T; span: Span }

/** Reads one text field, as of `today` where that is known. Concepts that the text refuses ("无需标注") are kept apart. */
export function readText(lexicon: Lexicon, field: string, text: string, today?: string): Reading {
  const mentions: Mention[] = []
  const refused: Mention[] = []
  for (const mention of tagText(lexicon, text)) (mention.negated ? refused : mentions).push(mention)
  return { field, text, mentions, refused, facts: extractFacts(text, today) }
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
  const take = {
    mentions: inOrder(reading.mentions),
    refused: inOrder(reading.refused),
    facts: inOrder(reading.facts),
  }
  const { field, text } = reading
  return edges.map((edge, i) => {
    const [start, end] = [edges[i - 1]?.end ?? 0, edge.start]
    const mentions = take.mentions(start, end)
    return { field, text, start, end, mentions, refused: take.refused(start, end), facts: take.facts(start, end) }
  })
}

/** Takes the items that start in each next stretch of a text; items and stretches both go in order, so one walk does. */
function inOrder<T extends { start: number }>(items: readonly T[]): (start: number, end: number) => T[] {
  let at = 0
  return (start, end) => {
    while (at < items.length && (items[at]?.start ?? end) < start) at++
    const from = at
    while (at < items.length && (items[at]?.start ?? end) < end) at++
    return items.slice(from, at)
  }
}

/** The clause's own words, lower case. */
export function clauseText(clause: Clause): string {
  return clause.text.slice(clause.start, clause.end).toLowerCase()
}
