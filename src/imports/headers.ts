import { normalise } from '../engine/text.ts'
import { FIELDS, type Field } from './fields.ts'
import type { ImportKind, Mapping } from './tables.ts'

/** Units that a header may carry in brackets, in whole currency units or in days: 预算(万元), 交付周期（月）. */
const UNITS: Record<string, number> = {
  元: 1,
  千元: 1_000,
  万: 10_000,
  万元: 10_000,
  亿: 100_000_000,
  亿元: 100_000_000,
  yuan: 1,
  cny: 1,
  rmb: 1,
  天: 1,
  日: 1,
  周: 7,
  月: 30,
  个月: 30,
  年: 365,
  days: 1,
  weeks: 7,
  months: 30,
  毫秒: 1,
  ms: 1,
  秒: 1_000,
  s: 1_000,
}

/** A header without what is written around it: brackets, marks of a must, spaces, numbering. */
export const foldHeader = (header: string): string =>
  normalise(header)
    .text.replace(/[(（[【].*?[)）\]】]/g, '')
    .replace(/^[\d一二三四五六七八九十]+[、.．]/, '')
    .replace(/[\s*:：_\-/]+/g, '')

/** What a header says about the unit of its numbers; 1 where it says nothing. */
export const unitOf = (header: string): number => {
  const [, inside = ''] = /[(（[【]\s*(?:单位[:：]?\s*)?(.*?)\s*[)）\]】]/.exec(header) ?? []
  return UNITS[normalise(inside).text] ?? 1
}

/**
 * Which field each column most likely holds: the header is one of the names of the field, or contains one of them of at
 * least two letters, the longest first. A field is given to one column only.
 */
export const recogniseColumns = (kind: ImportKind, headers: string[]): Mapping => {
  const taken = new Set<string>()
  const mapping: Mapping = {}
  const give = (header: string, found: Field | undefined) => {
    if (!found || taken.has(found.name) || header in mapping) return
    taken.add(found.name)
    mapping[header] = found.name
  }
  for (const header of headers) give(header, findExact(kind, foldHeader(header)))
  for (const header of headers) if (!(header in mapping)) give(header, findContained(kind, foldHeader(header), taken))
  return mapping
}

const namesOf = (entry: Field): string[] => [entry.name, ...entry.zh, ...entry.en].map(foldHeader)

const findExact = (kind: ImportKind, folded: string): Field | undefined =>
  FIELDS[kind].find(entry => namesOf(entry).includes(folded))

const CONTAINED_MIN = 2

const findContained = (kind: ImportKind, folded: string, taken: ReadonlySet<string>): Field | undefined =>
  FIELDS[kind]
    .filter(entry => !taken.has(entry.name))
    .flatMap(entry => entry.zh.map(foldHeader).map(name => ({ entry, name })))
    .filter(({ name }) => name.length >= CONTAINED_MIN && folded.includes(name))
    .sort((a, b) => b.name.length - a.name.length)[0]?.entry
