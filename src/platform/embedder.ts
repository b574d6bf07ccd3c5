import { Agent, request } from 'undici'
import { z } from 'zod'

export type EmbedderOptions = {
  /** Base of an OpenAI-compatible API, such as `http://127.0.0.1:8080/v1`. */
  url: string
  model: string
  key?: string | undefined
  /** For one request with its body; 10 s by default. */
  timeoutMs?: number
  /** How retries wait; passed in so that tests need not. */
  wait?: (ms: number) => Promise<void>
}

/** Turns texts into dense vectors at an address that the operator has configured, so not through the webhooks' egress. */
export type Embedder = {
  model: string
  /**
   * A vector of length one for each text, in their order. All of a process's vectors have the same number of dimensions.
   * @throws EmbeddingError where the endpoint fails, is too slow or answers something else, after bounded retries
   */
  embed: (texts: readonly string[]) => Promise<Float32Array[]>
  close: () => Promise<void>
}

/** `code` says what went wrong. Neither texts nor the endpoint's words are in it. */
export class EmbeddingError extends Error {
  readonly code: 'status' | 'timeout' | 'network' | 'answer' | 'dimension'
  /** Whether the same request may succeed a moment later. */
  readonly isPassing: boolean
  readonly retryAfterMs: number | undefined

  constructor(code: EmbeddingError['code'], detail: string, isPassing = false, retryAfterMs?: number) {
    super(`embedding failed: ${detail}`)
    this.name = 'EmbeddingError'
    this.code = code
    this.isPassing = isPassing
    this.retryAfterMs = retryAfterMs
  }
}

const BATCH_TEXTS = 32
/** Longer texts are cut: models read a few thousand characters at most, and many refuse more. */
const TEXT_CHARS_MAX = 2_000
const TIMEOUT_MS = 10_000
const ATTEMPTS_MAX = 3
const RETRY_MS = 250
const RETRY_AFTER_MS_MAX = 5_000
const DIMENSIONS_MAX = 8_192
const RESPONSE_BYTES_MAX = 16 * 1024 * 1024

const Answer = z.object({
  data: z.array(
    z.object({ index: z.number().int().min(0), embedding: z.array(z.number()).min(1).max(DIMENSIONS_MAX) }),
  ),
})

export const createEmbedder = (options: EmbedderOptions): Embedder => {
  const agent = new Agent({ connections: 2 })
  const wait = options.wait ?? (ms => new Promise(resolve => setTimeout(resolve, ms)))
  let dimensions: number | undefined
  const embedBatch = async (texts: readonly string[]): Promise<Float32Array[]> => {
    for (let attempt = 1; ; attempt++) {
      try {
        const vectors = readVectors(await post(agent, options, texts), texts.length)
        dimensions ??= vectors[0]?.length
        if (vectors.some(vector => vector.length !== dimensions))
          throw new EmbeddingError('dimension', `vectors of another length than ${dimensions}`)
        return vectors
      } catch (error) {
        const failure = error instanceof EmbeddingError ? error : describeFailure(error)
        if (!failure.isPassing || attempt === ATTEMPTS_MAX) throw failure
        await wait(Math.min(RETRY_AFTER_MS_MAX, failure.retryAfterMs ?? RETRY_MS * 2 ** (attempt - 1)))
      }
    }
  }
  return {
    model: options.model,
    embed: async texts => {
      const vectors: Float32Array[] = []
      for (let at = 0; at < texts.length; at += BATCH_TEXTS)
        vectors.push(
          ...(await embedBatch(texts.slice(at, at + BATCH_TEXTS).map(text => text.slice(0, TEXT_CHARS_MAX)))),
        )
      return vectors
    },
    close: () => agent.destroy(),
  }
}

const post = async (dispatcher: Agent, options: EmbedderOptions, input: readonly string[]): Promise<unknown> => {
  const signal = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS)
  const { statusCode, headers, body } = await request(`${options.url.replace(/\/+$/, '')}/embeddings`, {
    dispatcher,
    method: 'POST',
    signal,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      ...(options.key === undefined ? {} : { authorization: `Bearer ${options.key}` }),
    },
    body: JSON.stringify({ model: options.model, input, encoding_format: 'float' }),
  })
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > RESPONSE_BYTES_MAX) throw new EmbeddingError('answer', `more than ${RESPONSE_BYTES_MAX} bytes`)
    chunks.push(chunk)
  }
  if (statusCode !== 200) {
    const isPassing = statusCode === 429 || statusCode >= 500
    const afterS = Number(headers['retry-after'])
    throw new EmbeddingError('status', `status ${statusCode}`, isPassing, afterS >= 0 ? afterS * 1_000 : undefined)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString())
  } catch {
    throw new EmbeddingError('answer', 'the answer is no JSON')
  }
}

/** One vector for each text, in the order of the texts whatever the order of the answer. */
const readVectors = (answer: unknown, count: number): Float32Array[] => {
  const parsed = Answer.safeParse(answer)
  if (!parsed.success) throw new EmbeddingError('answer', 'the answer has another shape')
  const rows = parsed.data.data.toSorted((a, b) => a.index - b.index)
  if (rows.length !== count || rows.some((row, i) => row.index !== i))
    throw new EmbeddingError('answer', `${rows.length} vectors for ${count} texts`)
  return rows.map(row => normalise(row.embedding))
}

const normalise = (values: readonly number[]): Float32Array => {
  const norm = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))
  if (!(norm > 0) || !Number.isFinite(norm)) throw new EmbeddingError('answer', 'a vector without a direction')
  return Float32Array.from(values, value => value / norm)
}

const describeFailure = (error: unknown): EmbeddingError => {
  const isTimeout = error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError')
  return isTimeout
    ? new EmbeddingError('timeout', 'no answer in time', true)
    : new EmbeddingError('network', 'the endpoint could not be reached', true)
}
