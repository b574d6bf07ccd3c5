import { z } from 'zod'
import type { RoundLimit } from '../../rounds/tables.ts'
import { endOfDay } from '../format.ts'

const GROUPS_OF = { scenario: ['S1', 'S2'], vendor: ['V1', 'V2'] } as const
/** Groups that a form may put participants into, to limit or reserve their seats. */
export const GROUPS = [...GROUPS_OF.scenario, ...GROUPS_OF.vendor] as const
export type Group = (typeof GROUPS)[number]
export const groupsOf = (side: 'scenario' | 'vendor'): readonly Group[] => GROUPS_OF[side]

const FIELDS_MAX = 10_000
const many = z
  .union([z.string().max(60), z.array(z.string().max(60)).max(2_000)])
  .optional()
  .transform(given => (given === undefined ? [] : [given].flat()))

/** What the page of a new round sends: who is ticked, and for each a field of seats and one of a group. */
export const RoundForm = z
  .object({
    title: z.string().max(200).optional(),
    until: z.string().max(10).optional(),
    scenario: many,
    vendor: many,
  })
  .catchall(z.string().max(200))
  .refine(fields => Object.keys(fields).length <= FIELDS_MAX)
type RoundForm = z.output<typeof RoundForm>

/** The fields as the API's own request has them, for its schema to judge. */
export const toNewRound = (form: RoundForm, park: { id: string; timeZone: string }): object => {
  const read = (name: string): string | undefined => {
    const value = form[name]
    return typeof value === 'string' ? value : undefined
  }
  const seatsOf = (id: string) => numberIn(read(`seats-${id}`))
  return {
    parkId: park.id,
    title: form.title,
    ...(form.until === undefined ? {} : { deadlineAt: endOfDay(form.until, park.timeZone) }),
    scenarios: form.scenario.map(id => ({ scenarioId: id, ...given('capacity', seatsOf(id)) })),
    vendors: form.vendor.map(id => ({ vendorId: id, ...given('capacity', seatsOf(id)) })),
    limits: (['scenario', 'vendor'] as const).flatMap(side =>
      GROUPS_OF[side].flatMap((group): Partial<RoundLimit>[] => {
        const members = form[side].filter(id => read(`group-${id}`) === group)
        const [seatsMax, seatsReserved] = [numberIn(read(`max-${group}`)), numberIn(read(`reserved-${group}`))]
        if (members.length === 0 || (seatsMax === undefined && seatsReserved === undefined)) return []
        const limits = { ...given('seatsMax', seatsMax), ...given('seatsReserved', seatsReserved) }
        return [{ side, name: read(`name-${group}`) ?? group, members, ...limits }]
      }),
    ),
  }
}

const numberIn = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text))
const given = (name: string, value: number | undefined): object => (value === undefined ? {} : { [name]: value })

/** The places that somebody typed behind names, as a list of ids, best first; who has none is not acceptable. */
export const toPreferences = (fields: Record<string, unknown>): string[] =>
  Object.entries(fields)
    .flatMap(([name, value]) => (name.startsWith('place-') ? [{ id: name.slice(6), place: Number(value) }] : []))
    .filter(({ place }) => place > 0)
    .sort((a, b) => a.place - b.place)
    .map(({ id }) => id)
