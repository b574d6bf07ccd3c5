import { z } from 'zod'

/** What the events of imports and match runs hold: one for many rows, never one for each. */
export const RunRequested = z.object({ runId: z.string() })
export const RunCompleted = z.object({
  runId: z.string(),
  parkIds: z.array(z.string()).nullable().describe('Parks whose scenarios were scored; null: all'),
  scenarios: z.int().min(0),
  entered: z.int().min(0).describe('Pairs that came into a list'),
  left: z.int().min(0).describe('Pairs that fell out of a list'),
  announced: z.int().min(0).describe('Pairs of which an event told'),
})
export const ImportStarted = z.object({ importId: z.string() })
export const ImportStored = z.object({
  importId: z.string(),
  kind: z.enum(['scenarios', 'capabilities']),
  parkIds: z.array(z.string()).describe('Parks whose scenarios are to be scored'),
})
export const ImportCompleted = z.object({
  importId: z.string(),
  kind: z.enum(['scenarios', 'capabilities']),
  parkId: z.string().nullable(),
  imported: z.int().min(0),
  rejected: z.int().min(0),
  duplicates: z.int().min(0),
  organisationsMade: z.int().min(0).describe('Organisations that the list named and that were registered'),
})
