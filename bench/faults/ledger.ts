/** What a receiver has answered with 2xx: at which endpoint, which news, under which `webhook-id`. */
export type Receipt = { endpoint: number; news: string; id: string }

export type Balance = {
  /** Pairs of news and endpoint whose transaction was committed. */
  sent: number
  /** Those that no 2xx was ever given for. */
  lost: number
  /** Receipts beyond the first under the same id: what at-least-once allows. */
  duplicates: number
  /** Receipts of the same news under another id, which a receiver cannot know again. */
  duplicatesWithOtherId: number
  /** Receipts at an endpoint that the news was not meant for, or of news that was never committed. */
  strays: number
}

/** Compares what was committed (endpoints by news) with what was received. */
export const balance = (sent: ReadonlyMap<string, readonly number[]>, receipts: readonly Receipt[]): Balance => {
  const ids = new Map<string, string[]>()
  for (const { endpoint, news, id } of receipts) {
    const known = ids.get(pairOf(news, endpoint))
    if (known) known.push(id)
    else ids.set(pairOf(news, endpoint), [id])
  }
  const pairs = [...sent].flatMap(([news, endpoints]) => endpoints.map(endpoint => pairOf(news, endpoint)))
  const expected = new Set(pairs)
  const lists = [...ids.values()]
  return {
    sent: pairs.length,
    lost: pairs.filter(pair => !ids.has(pair)).length,
    duplicates: sum(lists.map(list => list.length - new Set(list).size)),
    duplicatesWithOtherId: sum(lists.map(list => new Set(list).size - 1)),
    strays: [...ids.keys()].filter(pair => !expected.has(pair)).length,
  }
}

const pairOf = (news: string, endpoint: number): string => `${news} ${endpoint}`
const sum = (counts: number[]): number => counts.reduce((total, count) => total + count, 0)
