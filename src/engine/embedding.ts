/**
 * A dense vector of a text, of length one, with the name of the model that made it. Vectors are made outside; the engine
 * only compares them.
 */
export type Embedding = { model: string; vector: Float32Array }

/** Names what stands below; part of `Versions.embedding` beside the model. */
export const DENSE_VERSION = 'dense-1'

/** What a dense vector may add: this share of what the words leave open. */
const DENSE_GAIN = 0.3
/** Cosines between which likeness runs from 0 to 1; below the first, models find any two texts of a trade alike. */
const COSINE_FROM = 0.3
const COSINE_TO = 0.9

/** Likeness of two vectors of length one, 0 to 1: their cosine between two marks. */
export function denseLikeness(a: Float32Array, b: Float32Array): number {
  let cosine = 0
  for (let i = 0; i < a.length; i++) cosine += (a[i] as number) * (b[i] as number)
  return Math.min(1, Math.max(0, (cosine - COSINE_FROM) / (COSINE_TO - COSINE_FROM)))
}

/**
 * Value of the text part, 0 to 1, out of what the words say and how alike the vectors are: lexical + (1 - lexical) × 0.3 ×
 * likeness. Never below the lexical value, never more than 0.3 above it, rising with both; likeness 0 changes no bit.
 */
export function fuseText(lexical: number, likeness: number): number {
  return lexical + (1 - lexical) * DENSE_GAIN * likeness
}

/** Counts which models the indexed supplies have vectors of. */
export type EmbeddingCount = {
  add(embedding: Embedding | undefined): void
  remove(embedding: Embedding | undefined): void
  /** How many have a vector that can be compared with this one. */
  countLike(embedding: Embedding): number
  readonly memoryBytes: number
}

export function createEmbeddingCount(): EmbeddingCount {
  const counts = new Map<string, number>()
  const keyOf = ({ model, vector }: Embedding) => `${vector.length} ${model}`
  let memoryBytes = 0
  const change = (embedding: Embedding | undefined, by: 1 | -1) => {
    if (embedding === undefined) return
    const key = keyOf(embedding)
    counts.set(key, (counts.get(key) ?? 0) + by)
    memoryBytes += by * embedding.vector.byteLength
  }
  return {
    add: embedding => change(embedding, 1),
    remove: embedding => change(embedding, -1),
    countLike: embedding => counts.get(keyOf(embedding)) ?? 0,
    get memoryBytes() {
      return memoryBytes
    },
  }
}
