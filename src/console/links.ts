const PAGES: Record<string, string> = {
  scn: '/console/scenarios',
  cap: '/console/capabilities',
  mat: '/console/matches',
}

/** The page on which a thing is read in full, by the prefix of its id. */
export const hrefOfId = (id: string): string | undefined => {
  const page = PAGES[id.slice(0, 3)]
  return page === undefined ? undefined : `${page}/${id}`
}
