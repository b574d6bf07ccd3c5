/** Numbers with a key, smallest key first. `pop` and `peek` answer -1 when it is empty. */
export type Heap = { push: (key: number, value: number) => void; pop: () => number; peek: () => number }

/** A binary heap. */
export const createHeap = (): Heap => {
  const keys: number[] = []
  const values: number[] = []
  const place = (at: number, key: number, value: number) => {
    keys[at] = key
    values[at] = value
  }
  return {
    peek: () => values[0] ?? -1,
    push: (key, value) => {
      let at = keys.length
      while (at > 0) {
        const up = (at - 1) >> 1
        const above = keys[up] ?? 0
        if (above <= key) break
        place(at, above, values[up] ?? 0)
        at = up
      }
      place(at, key, value)
    },
    pop: () => {
      const top = values[0]
      const key = keys.pop()
      const value = values.pop()
      if (top === undefined || key === undefined || value === undefined) return -1
      if (keys.length === 0) return top
      let at = 0
      for (;;) {
        let child = 2 * at + 1
        if (child + 1 < keys.length && (keys[child + 1] ?? 0) < (keys[child] ?? 0)) child++
        if (child >= keys.length || (keys[child] ?? 0) >= key) break
        place(at, keys[child] ?? 0, values[child] ?? 0)
        at = child
      }
      place(at, key, value)
      return top
    },
  }
}
