const SCORE_MAX = 10_000

/**
 * The others by falling score, the earlier one first among equals: a preference list from scores (integers of 0 to
 * 10,000). Those below `least` are not acceptable and left out. Linear: scores are counted, not compared.
 */
export const listByScore = (scores: ArrayLike<number>, least = 0): Int32Array => {
  const starts = new Int32Array(SCORE_MAX + 2)
  let length = 0
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i] ?? -1
    if (score < least) continue
    starts[SCORE_MAX - score + 1] = (starts[SCORE_MAX - score + 1] ?? 0) + 1
    length++
  }
  for (let place = 1; place < starts.length; place++) starts[place] = (starts[place] ?? 0) + (starts[place - 1] ?? 0)
  const list = new Int32Array(length)
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i] ?? -1
    if (score < least) continue
    const place = SCORE_MAX - score
    list[starts[place] ?? 0] = i
    starts[place] = (starts[place] ?? 0) + 1
  }
  return list
}
