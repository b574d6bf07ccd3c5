export type PageQuery = { limit: number; cursor?: string | undefined }

/** Cuts a list that was read with one row too many into a page and the cursor of the next. */
export const pageOfRows = <T>(rows: T[], page: PageQuery, cursorOf: (row: T) => string) => {
  const items = rows.slice(0, page.limit)
  const last = items.at(-1)
  return { items, ...(rows.length > page.limit && last !== undefined ? { nextCursor: cursorOf(last) } : {}) }
}
