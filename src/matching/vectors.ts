import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { LoadedCapability } from '../capabilities/feed.ts'
import { tierOfField as capabilityTier } from '../capabilities/tiers.ts'
import type { Embedding } from '../engine/embedding.ts'
import { capabilityText, scenarioText } from '../engine/lexical/textIndex.ts'
import { keepPublicFields } from '../engine/public.ts'
import { rowsOf, transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { type Embedder, EmbeddingError } from '../platform/embedder.ts'
import type { LoadedScenario } from '../scenarios/feed.ts'
import { tierOfField as scenarioTier } from '../scenarios/tiers.ts'

/** The text of a scenario or capability that may leave the house: public fields only. */
export type EmbeddedText = { id: string; text: string }

export const publicTextOfScenario = ({ id, input, fieldTiers }: LoadedScenario): EmbeddedText => ({
  id,
  text: scenarioText(keepPublicFields(input, pointer => scenarioTier(pointer, fieldTiers) === 'public')),
})

export const publicTextOfCapability = ({ id, input, fieldTiers }: LoadedCapability): EmbeddedText => ({
  id,
  text: capabilityText(keepPublicFields(input, pointer => capabilityTier(pointer, fieldTiers) === 'public')),
})

/** Dense vectors, each made once. */
export type Vectors = {
  /**
   * Vectors by id, from the store or fresh from the endpoint. Where the endpoint fails, what is missing is left out, the
   * failure is logged and counted, and for a while nothing new is asked of it.
   */
  find: (texts: readonly EmbeddedText[]) => Promise<Map<string, Embedding>>
  /** Whether the endpoint may be asked, so that what is missing can be tried again. */
  isReady: () => boolean
}

/** After a failure, scoring goes on without new vectors for this long instead of waiting for each. */
const PAUSE_MS = 60_000
/** Vectors that are made and stored in one go, so that a crash loses little. */
const PORTION = 64
const WORKER = { kind: 'worker' } as const

type VectorDeps = Pick<Deps, 'db' | 'clock' | 'log' | 'metrics'> & { embedder: Embedder }
type Wanted = EmbeddedText & { hash: string }

export const createVectors = (deps: VectorDeps): Vectors => {
  const { model } = deps.embedder
  let pausedUntil = 0
  const isReady = () => deps.clock.now().getTime() >= pausedUntil
  const make = async (wanted: Wanted[]): Promise<Map<string, Embedding>> => {
    const made = new Map<string, Embedding>()
    for (let at = 0; at < wanted.length && isReady(); at += PORTION) {
      const portion = wanted.slice(at, at + PORTION)
      try {
        const vectors = await deps.embedder.embed(portion.map(({ text }) => text))
        await storeVectors(deps, portion, vectors)
        for (const [i, vector] of vectors.entries()) made.set(portion[i]?.id ?? '', { model, vector })
        deps.metrics.embeddedTexts.inc({ outcome: 'embedded' }, portion.length)
      } catch (error) {
        if (!(error instanceof EmbeddingError)) throw error
        pausedUntil = deps.clock.now().getTime() + PAUSE_MS
        deps.metrics.embeddedTexts.inc({ outcome: 'failed' }, portion.length)
        deps.log.warn({ err: error, code: error.code }, 'scoring goes on without new vectors')
      }
    }
    return made
  }
  return {
    isReady,
    find: async texts => {
      const wanted = texts.map(thing => ({ ...thing, hash: createHash('sha256').update(thing.text).digest('hex') }))
      const stored = await readVectors(deps, wanted)
      const made = await make(wanted.filter(({ id }) => !stored.has(id)))
      return new Map([...stored, ...made])
    },
  }
}

const readVectors = async (deps: VectorDeps, wanted: Wanted[]): Promise<Map<string, Embedding>> => {
  const { model } = deps.embedder
  const keys = JSON.stringify(wanted.map(({ id, hash }) => ({ id, hash })))
  const rows = await transaction(deps, WORKER, async tx =>
    rowsOf<{ id: string; vector: Buffer }>(
      await tx.execute(sql`select e.object_id as id, e.vector from embeddings e
        join jsonb_to_recordset(${keys}::jsonb) as x(id text, hash text) on e.object_id = x.id and e.hash = x.hash
        where e.model = ${model}`),
    ),
  )
  return new Map(rows.map(({ id, vector }) => [id, { model, vector: unpack(vector) }]))
}

const storeVectors = async (deps: VectorDeps, wanted: Wanted[], vectors: Float32Array[]): Promise<void> => {
  const rows = wanted.map(({ id, hash }, i) => ({ id, hash, vector: pack(vectors[i]).toString('base64') }))
  const now = deps.clock.now().toISOString()
  await transaction(deps, WORKER, tx =>
    tx.execute(sql`insert into embeddings (object_id, model, hash, vector, embedded_at)
      select x.id, ${deps.embedder.model}, x.hash, decode(x.vector, 'base64'), ${now}::timestamptz
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(id text, hash text, vector text) order by x.id
      on conflict (object_id, model) do update set hash = excluded.hash, vector = excluded.vector,
        embedded_at = excluded.embedded_at`),
  )
}

const FLOAT_BYTES = 4

const pack = (vector: Float32Array = new Float32Array()): Buffer => {
  const bytes = Buffer.alloc(vector.length * FLOAT_BYTES)
  for (const [i, value] of vector.entries()) bytes.writeFloatLE(value, i * FLOAT_BYTES)
  return bytes
}

const unpack = (bytes: Buffer): Float32Array =>
  Float32Array.from({ length: bytes.length / FLOAT_BYTES }, (_, i) => bytes.readFloatLE(i * FLOAT_BYTES))
