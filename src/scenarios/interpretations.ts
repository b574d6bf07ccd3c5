import { z } from 'zod'
import { ASPECTS } from '../engine/clarity.ts'
import { interpret } from '../engine/interpret.ts'
import type { Lexicon } from '../engine/lexicon/lexicon.ts'
import type { Language as Tongue } from '../engine/types.ts'
import { Language, MoneyRange, Day, Score } from '../platform/schemas.ts'
import { Constraints, Dataset, Goal } from './schemas.ts'

const TEXT_CHARACTERS_MAX = 10_000

export const NewInterpretation = z
  .strictObject({
    text: z.string().min(1).max(TEXT_CHARACTERS_MAX).describe('A demand in plain words'),
    language: Language.optional().describe('Language of the questions; absent: by `Accept-Language`'),
  })
  .meta({
    id: 'NewInterpretation',
    examples: [{ text: '冲压件表面划痕靠人工看，漏检约 2%，有 1200 张图没有标注，预算 12 万以内，数据不出厂。' }],
  })

const span = z
  .object({
    field: z.string(),
    start: z.int().optional(),
    end: z.int().optional(),
    surface: z.string().describe('The text at that place, as it was written'),
  })
  .describe('Where it was said: UTF-16 offsets into the text')
const labels = z.object({ zh: z.string(), en: z.string() })
const implied = <T extends z.ZodType>(value: T) => z.object({ value, span })

const Fact = z
  .object({
    kind: z.string(),
    unit: z.string().describe('Unit that the value is normalised to'),
    comparator: z.enum(['=', '<=', '>=', '~', 'range']),
    value: z.number(),
    valueMax: z.number().optional().describe('Upper end of a range'),
    per: z.string().optional().describe('For a recurring amount of money'),
    date: z.string().optional().describe('RFC 3339 day of a date'),
    start: z.int(),
    end: z.int(),
    surface: z.string(),
  })
  .meta({ id: 'Fact' })

export const Interpretation = z
  .object({
    concepts: z
      .array(z.object({ concept: z.string(), scheme: z.string(), labels, weight: z.number(), spans: z.array(span) }))
      .describe('Every concept that the text names; weight 1 named, 0.6 hinted, 0.3 general'),
    problems: z
      .array(z.object({ concept: z.string(), labels, score: z.number(), spans: z.array(span) }))
      .describe('What the text is about, best first'),
    object: span.optional().describe('The product, part or machine that it is about'),
    facts: z.array(Fact).describe('Numbers with their units'),
    datasets: z.array(implied(Dataset)),
    goals: z.array(implied(Goal)),
    constraints: z.array(implied(Constraints)),
    budget: implied(MoneyRange).optional(),
    startsOn: implied(Day).optional(),
    neededBy: implied(Day).optional(),
    questions: z
      .array(
        z.object({
          aspect: z.enum(ASPECTS),
          question: z.string(),
          suggestions: z.array(z.object({ concept: z.string().optional(), label: z.string() })),
          gain: z.int().describe('What an answer adds to the clarity'),
        }),
      )
      .describe('What to ask next, most worth first'),
    clarity: Score.describe('How much of what matching needs is told, of 10,000'),
    lexicon: z.string().describe('Version of the lexicon'),
  })
  .meta({ id: 'Interpretation', description: 'What the engine understood, each with the place where it was said' })

/**
 * What the engine reads out of a demand, with the names of concepts in both languages. Stores nothing. Values that no
 * scenario may hold ("1e30 张图") are left out, so that what is answered can be posted as it is. `today` (RFC 3339 day) is
 * what "明年三月" counts from.
 */
export const interpretText = (
  lexicon: Lexicon,
  text: string,
  language: Tongue,
  today: string,
): z.infer<typeof Interpretation> => {
  const read = interpret(lexicon, text, language, today)
  const named = <T extends { concept: string }>(entry: T) => ({
    ...entry,
    labels: { zh: lexicon.label(entry.concept, 'zh'), en: lexicon.label(entry.concept, 'en') },
  })
  const { budget, startsOn, neededBy, ...rest } = read
  return {
    ...rest,
    concepts: read.concepts.map(named),
    problems: read.problems.map(named),
    facts: read.facts.filter(fact => Number.isFinite(fact.value) && Number.isFinite(fact.valueMax ?? 0)),
    datasets: read.datasets.filter(holds(Dataset)),
    goals: read.goals.filter(holds(Goal)),
    constraints: read.constraints.filter(holds(Constraints)),
    ...(budget && holds(MoneyRange)(budget) ? { budget } : {}),
    ...(startsOn && holds(Day)(startsOn) ? { startsOn } : {}),
    ...(neededBy && holds(Day)(neededBy) ? { neededBy } : {}),
    lexicon: lexicon.version,
  }
}

const holds =
  (schema: z.ZodType) =>
  ({ value }: { value: unknown }) =>
    schema.safeParse(value).success
