import type { Bilingual, Language } from '../../engine/types.ts'

/** A cell as a spreadsheet has it: a text, a number, or nothing. */
export type Cell = string | number | null
export type Column = { label: string; kind: 'text' | 'number' }
export type Table = { id: string; title: string; columns: Column[]; rows: Cell[][] }

export type Words = { say: (text: Bilingual) => string; language: Language }
export const text = (zh: string, en: string) => ({ zh, en, kind: 'text' as const })
export const number = (zh: string, en: string) => ({ zh, en, kind: 'number' as const })

export const table = (
  words: Words,
  id: string,
  title: Bilingual,
  columns: (Bilingual & { kind: Column['kind'] })[],
  rows: Cell[][],
): Table => ({
  id,
  title: words.say(title),
  columns: columns.map(column => ({ label: words.say(column), kind: column.kind })),
  rows,
})
