import { TIERS, type Tier } from '../engine/types.ts'

/**
 * Row-level security hides rows and not columns, so what has different readers stands in different rows: one body for
 * each tier. These functions cut a whole thing into its bodies and put together what a reader could read.
 */
export type Body = Record<string, unknown>
export type Bodies = Record<Tier, Body>

/** Each field into the body of its tier. A field without a tier is sealed: a forgotten one must not leak. */
export const splitByTier = (fields: Body, tiers: Readonly<Record<string, Tier>>): Bodies => {
  const bodies: Bodies = { public: {}, shared: {}, sealed: {} }
  for (const [field, value] of Object.entries(fields)) {
    if (value !== undefined) bodies[tierOf(field, tiers)][field] = value
  }
  return bodies
}

/** One thing out of the bodies that could be read. */
export const mergeTiers = (bodies: Partial<Record<Tier, Body | null>>): Body =>
  Object.assign({}, ...TIERS.map(tier => bodies[tier] ?? {}))

/** The tiers that a reader got. */
export const listVisibleTiers = (bodies: Partial<Record<Tier, Body | null>>): Tier[] =>
  TIERS.filter(tier => bodies[tier] !== undefined && bodies[tier] !== null)

/** Tier of the field that a JSON pointer such as `/datasets/0/volume` leads into; `sealed` for an unknown one. */
export const tierOfField = (pointer: string, tiers: Readonly<Record<string, Tier>>): Tier =>
  tierOf(pointer.split('/')[1] ?? '', tiers)

const tierOf = (field: string, tiers: Readonly<Record<string, Tier>>): Tier =>
  (Object.hasOwn(tiers, field) ? tiers[field] : undefined) ?? 'sealed'
