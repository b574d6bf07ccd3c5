/** Which places of a text are read already. A stretch is `start` (included) to `end` (excluded). */
export type Taken = {
  isFree: (stretch: { start: number; end: number }) => boolean
  /** Takes a stretch unless a part of it is taken; says whether it was free. */
  claim: (stretch: { start: number; end: number }) => boolean
}

/** A text of `length` characters of which nothing is taken. A look costs the stretch, never what else was found. */
export function trackTaken(length: number): Taken {
  const taken = new Uint8Array(length)
  const isFree: Taken['isFree'] = ({ start, end }) => {
    for (let at = start; at < end; at++) if (taken[at] === 1) return false
    return true
  }
  const claim: Taken['claim'] = stretch => {
    const free = isFree(stretch)
    if (free) taken.fill(1, stretch.start, stretch.end)
    return free
  }
  return { isFree, claim }
}
