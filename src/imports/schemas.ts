import { z } from 'zod'
import { Id, Instant, Line, pageBy } from '../platform/schemas.ts'
import { LIMITS } from './limits.ts'
import { FILE_FORMATS, IMPORT_KINDS, IMPORT_STATES } from './tables.ts'

const kind = z.enum(IMPORT_KINDS)
const name = Line(100)

export const UploadQuery = z.strictObject({
  kind,
  parkId: Id('park')
    .optional()
    .describe(
      'Where the rows go. Its administration imports the lists of its members. Absent: capabilities of your own, offered where you are a member',
    ),
  fileName: Line(200).default('upload').describe('Shown in lists; the content decides how it is read'),
  mapping: name.optional().describe('Name of a saved mapping that goes before what is recognised'),
})

export const ImportParams = z.object({ importId: Id('import') })

const columns = z
  .record(z.string().min(1).max(220), z.string().max(60))
  .refine(record => Object.keys(record).length <= LIMITS.columnsMax)
  .describe('Field by column: the names of fields are those of the preview; an empty name leaves a column out')

export const ImportOptions = z.strictObject({
  publish: z.boolean().default(true).describe('Publish the rows, so that they are matched; else they stay drafts'),
  visibility: z.enum(['park', 'network']).default('park').describe('Of scenarios'),
  keepDuplicates: z
    .boolean()
    .default(false)
    .describe('Take a row in although its organisation has nearly the same text already'),
})

export const ImportStart = ImportOptions.extend({
  mapping: columns.optional().describe('Field by column, instead of what was recognised'),
}).meta({ id: 'ImportStart', examples: [{ publish: true }, { mapping: { 需求: 'summary' }, publish: false }] })
export type ImportStart = z.infer<typeof ImportStart>

export const NewMapping = z
  .strictObject({ columns })
  .meta({ id: 'NewMapping', examples: [{ columns: { 项目: 'title', 一句话需求: 'summary' } }] })
export const ColumnMapping = z
  .object({ kind, name, columns: z.record(z.string(), z.string()), updatedAt: Instant })
  .meta({ id: 'ColumnMapping' })
export const MappingParams = z.object({ kind, name })

const count = z.int().min(0)
export const Import = z
  .object({
    id: Id('import'),
    kind,
    parkId: Id('park').optional(),
    forMembers: z.boolean().describe('The list of a park, whose rows name their organisations'),
    fileName: z.string(),
    format: z.enum(FILE_FORMATS).optional(),
    encoding: z.string().optional(),
    delimiter: z.string().optional(),
    bytes: count,
    state: z.enum(IMPORT_STATES),
    headers: z.array(z.string()),
    mapping: z.record(z.string(), z.string()).optional(),
    options: ImportOptions.optional(),
    rows: z.object({
      staged: count,
      decided: count,
      imported: count,
      rejected: count,
      duplicates: count,
    }),
    organisationsMade: count,
    problem: z.string().optional().describe('Why an upload is incomplete'),
    createdAt: Instant,
    updatedAt: Instant,
    startedAt: Instant.optional(),
    completedAt: Instant.optional(),
  })
  .meta({ id: 'Import' })

export const ImportQuery = pageBy('import').extend({ kind: kind.optional(), state: z.enum(IMPORT_STATES).optional() })

export const ImportPreview = z
  .object({
    columns: z.array(
      z.object({
        header: z.string(),
        field: z.string().optional().describe('The field that it is taken for'),
        label: z.string().optional().describe('Its name in your language'),
        samples: z.array(z.string()).describe('The first cells'),
      }),
    ),
    fields: z.array(z.object({ name: z.string(), label: z.string() })).describe('What a column may be'),
    rows: z.array(
      z.object({
        row: count.describe('Number in the file; the headers are row 1'),
        organisation: z.object({ name: z.string().optional(), creditCode: z.string().optional() }).optional(),
        fields: z.record(z.string(), z.unknown()).describe('What the engine makes of the row'),
        reason: z.string().optional().describe('Why it would not be taken in'),
      }),
    ),
  })
  .meta({ id: 'ImportPreview' })

export const ExportQuery = z.strictObject({
  format: z.enum(FILE_FORMATS).default('csv'),
  parkId: Id('park').optional().describe('Only what belongs to this park, or is offered to it'),
})
export const ExportParams = z.object({ kind })
