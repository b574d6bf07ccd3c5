import type { z } from 'zod'
import type { NewCapability } from '../../capabilities/schemas.ts'
import { interpretText } from '../../scenarios/interpretations.ts'
import type { Reader } from '../posting.ts'
import { namesIn } from '../texts.ts'

type Fields = Partial<z.input<typeof NewCapability>>

/** Which field of a capability a concept of a text belongs to, by the scheme of the lexicon that it is of. */
const FIELD_OF = {
  technique: 'techniques',
  problem: 'problems',
  defect: 'problems',
  industry: 'industries',
  process: 'processes',
  deployment: 'deployments',
  hardware: 'hardware',
  system: 'integrations',
  protocol: 'integrations',
  compliance: 'certificates',
} as const
type Named = (typeof FIELD_OF)[keyof typeof FIELD_OF]

/** Concepts that a text only touches upon, as a trade does by its tools, are not taken for what is offered. */
const WEIGHT_MIN = 0.6
const EACH_MAX = 6
/** What matching asks of every capability, whatever it is about. */
const WANTED = ['techniques', 'problems', 'industries', 'dataRequirements', 'deployments', 'price'] as const

const findConcepts = ({ lexicon, language, today }: Reader, text: string) => {
  const counts = new Map<Named, number>()
  return interpretText(lexicon, text, language, today).concepts.flatMap(
    ({ concept, scheme, weight, labels, spans }) => {
      const field = (FIELD_OF as Record<string, Named>)[scheme]
      if (field === undefined || weight < WEIGHT_MIN) return []
      const count = counts.get(field) ?? 0
      counts.set(field, count + 1)
      return count < EACH_MAX ? [{ field, concept, label: labels[language], said: spans[0]?.surface ?? '' }] : []
    },
  )
}

/** What the interpreter makes of an offer while it is typed, in the form of the help for a demand. */
export const helpOffering = (reader: Reader, text: string, left: ReadonlySet<string>) => {
  const found = findConcepts(reader, text)
  const names = namesIn(reader.language).field
  const told = new Set<string>(found.map(({ field }) => field))
  const missing = WANTED.filter(field => !told.has(field))
  return {
    readings: found.map(({ field, concept, label, said }) => ({
      key: concept,
      label: `${names[field]}: ${label}`,
      said,
      isTaken: !left.has(concept),
    })),
    questions: [],
    missing: missing.map(field => names[field]),
    clarity: Math.round(((WANTED.length - missing.length) / WANTED.length) * 10_000),
  }
}

/** The fields of a capability that the text fills, without the concepts that were left out. */
export const offeredFields = (reader: Reader, text: string, left: ReadonlySet<string>): Fields => {
  const fields: Partial<Record<Named, string[]>> = {}
  for (const { field, concept } of findConcepts(reader, text))
    if (!left.has(concept)) fields[field] = [...(fields[field] ?? []), concept]
  return fields
}
