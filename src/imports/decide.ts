import { checkCapability } from '../capabilities/bulk.ts'
import { NewCapability } from '../capabilities/schemas.ts'
import type { Deps } from '../platform/deps.ts'
import { type FieldError, ProblemError } from '../platform/errors.ts'
import { issueErrors } from '../platform/validation.ts'
import { checkScenario } from '../scenarios/bulk.ts'
import { NewScenario } from '../scenarios/schemas.ts'
import { fieldOf } from './fields.ts'
import { type InterpretedRow, reasonOf } from './rows.ts'
import type { ImportKind, ImportOptions, Mapping, RowReason } from './tables.ts'

export type Checked =
  | { kind: 'scenarios'; input: NewScenario }
  | { kind: 'capabilities'; input: NewCapability }
  | { kind: 'refused'; reason: RowReason }

type Place = { kind: ImportKind; parkId: string | null; options: ImportOptions; mapping: Mapping }

/** Whether a row could be posted as it is: the same schemas and rules as a request, with the reason in both languages. */
export const checkRow = (deps: Pick<Deps, 'lexicon' | 'clock'>, place: Place, row: InterpretedRow): Checked => {
  if (row.problems.length > 0) return { kind: 'refused', reason: reasonOf('invalid', row.problems) }
  return place.kind === 'scenarios' ? checkDemand(deps, place, row) : checkSupply(deps, place, row)
}

const checkDemand = (deps: Pick<Deps, 'lexicon' | 'clock'>, place: Place, { fields }: InterpretedRow): Checked => {
  const { publish, visibility } = place.options
  const parsed = NewScenario.safeParse({ visibility, ...fields, parkId: place.parkId, publish })
  if (!parsed.success) return refused(place, issueErrors(parsed.error))
  const wrong = caught(() => checkScenario(deps, parsed.data))
  return wrong.length > 0 ? refused(place, wrong) : { kind: 'scenarios', input: parsed.data }
}

const checkSupply = (deps: Pick<Deps, 'lexicon' | 'clock'>, place: Place, { fields }: InterpretedRow): Checked => {
  const parsed = NewCapability.safeParse({ ...fields, publish: place.options.publish })
  if (!parsed.success) return refused(place, issueErrors(parsed.error))
  const wrong = caught(() => checkCapability(deps, parsed.data))
  return wrong.length > 0 ? refused(place, wrong) : { kind: 'capabilities', input: parsed.data }
}

/** The field errors of a check that throws them. */
const caught = (check: () => void): FieldError[] => {
  try {
    check()
    return []
  } catch (error) {
    if (error instanceof ProblemError) return error.errors
    throw error
  }
}

const refused = (place: Place, errors: FieldError[]): Checked => ({
  kind: 'refused',
  reason: reasonOf(
    'invalid',
    errors.map(({ pointer, detail }) => ({ column: columnOf(place, pointer), ...detail })),
  ),
})

/** The column whose cell it was, or the field's own name where no column holds it. */
const columnOf = ({ kind, mapping }: Place, pointer: string): string => {
  const [, root = ''] = pointer.split('/')
  const column = Object.entries(mapping).find(([, name]) => fieldOf(kind, name)?.path.split('/')[0] === root)
  return column?.[0] ?? pointer.slice(1)
}
