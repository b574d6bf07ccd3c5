import { LIMITS } from '../limits.ts'
import { UnreadableFile } from '../problems.ts'

/** A cell as the database can hold it: no NUL, no half of a character, no endless text. */
export const cleanCell = (text: string): string =>
  text.replaceAll('\u0000', '').toWellFormed().slice(0, LIMITS.cellCharactersMax).trim()

/** Headers with a name each and none twice. @throws UnreadableFile where there is none at all, or too many */
export const nameColumns = (cells: string[]): string[] => {
  const names = cells.map(cleanCell)
  while (names.at(-1) === '') names.pop()
  if (names.length === 0)
    throw new UnreadableFile('第一行应为列名，但为空', 'Its first row should name the columns, but is empty')
  if (names.length > LIMITS.columnsMax)
    throw new UnreadableFile(`列数超过 ${LIMITS.columnsMax}`, `It has more than ${LIMITS.columnsMax} columns`)
  const seen = new Map<string, number>()
  return names.map((name, i) => {
    const own = name === '' ? `#${i + 1}` : name.slice(0, 200)
    const nth = (seen.get(own) ?? 0) + 1
    seen.set(own, nth)
    return nth === 1 ? own : `${own} (${nth})`
  })
}
