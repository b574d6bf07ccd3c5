/** The best few of many, by falling total, ties by rising id. */
export type Shortlist<T extends Place> = {
  offer(item: T): void
  /** The place that an item must beat to enter; total 0 while there is room. */
  floor(): Place
  /** What is kept, best first. */
  list(): T[]
}

export type Place = { id: string; total: number }

const NO_FLOOR: Place = { id: '\uffff', total: 0 }

/** Keeps the best `limit` items. Offering costs one insertion into a short sorted array. */
export function createShortlist<T extends Place>(limit: number): Shortlist<T> {
  const items: T[] = []
  return {
    offer: item => {
      let at = items.length
      while (at > 0 && isBetter(item, items[at - 1] ?? NO_FLOOR)) at--
      if (at >= limit) return
      items.splice(at, 0, item)
      if (items.length > limit) items.pop()
    },
    floor: () => (items.length < limit ? NO_FLOOR : (items.at(-1) ?? NO_FLOOR)),
    list: () => [...items],
  }
}

export function isBetter(a: Place, b: Place): boolean {
  return a.total > b.total || (a.total === b.total && a.id < b.id)
}
