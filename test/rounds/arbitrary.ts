import fc from 'fast-check'
import { findFaults, type Limit, type RoundProblem, type RoundSide } from '../../src/rounds/problem.ts'

/**
 * Random rounds with every feature: capacities (also 0), incomplete lists, nested groups, reserved shares, classes
 * within an agent, forced and forbidden pairs. Rounds with faults are left out.
 */
export const arbitraryRound = (sizeMax: number): fc.Arbitrary<RoundProblem> =>
  fc
    .tuple(fc.integer({ min: 1, max: sizeMax }), fc.integer({ min: 1, max: sizeMax }))
    .chain(([scenarios, vendors]) =>
      fc.record({
        scenarios: arbitrarySide(scenarios, vendors),
        vendors: arbitrarySide(vendors, scenarios),
        forced: fc.uniqueArray(arbitraryPair(scenarios, vendors), {
          maxLength: 1 + Math.floor(sizeMax / 8),
          selector: String,
        }),
        forbidden: fc.uniqueArray(arbitraryPair(scenarios, vendors), { maxLength: 2, selector: String }),
      }),
    )
    .filter(problem => findFaults(problem).length === 0)

const arbitraryPair = (scenarios: number, vendors: number) =>
  fc.tuple(fc.nat(scenarios - 1), fc.nat(vendors - 1)) as fc.Arbitrary<readonly [number, number]>

const arbitrarySide = (own: number, others: number): fc.Arbitrary<RoundSide> =>
  fc.record({
    capacities: fc.array(fc.nat(4), { minLength: own, maxLength: own }),
    lists: fc.array(fc.shuffledSubarray(range(others), { minLength: Math.floor(others / 2) }), {
      minLength: own,
      maxLength: own,
    }),
    limits: fc.tuple(arbitraryGroups(own), arbitraryClasses(own, others)).map(lists => lists.flat()),
  })

/** Nested groups: intervals of a cut line, each cut again. */
const arbitraryGroups = (own: number): fc.Arbitrary<Limit[]> =>
  fc
    .tuple(fc.nat(own), fc.nat(own), fc.array(arbitrarySeats(own), { minLength: 4, maxLength: 4 }), fc.nat(4))
    .map(([cut, inner, seats, count]) => {
      const parts = [
        range(own),
        range(own).slice(0, cut),
        range(own).slice(cut),
        range(own).slice(0, Math.min(cut, inner)),
      ]
      return parts.slice(0, count).flatMap((agents, i) => limitOf(`group ${i}`, { agents }, seats[i]))
    })

const arbitraryClasses = (own: number, others: number): fc.Arbitrary<Limit[]> =>
  fc
    .array(fc.tuple(fc.nat(own - 1), fc.nat(others), arbitrarySeats(2), fc.boolean()), { maxLength: 3 })
    .map(classes =>
      classes.flatMap(([agent, cut, seats, low], i) =>
        limitOf(
          `class ${i}`,
          { agents: [agent], others: low ? range(others).slice(0, cut) : range(others).slice(cut) },
          seats,
        ),
      ),
    )

type Seats = { seatsMax: number | undefined; seatsReserved: number | undefined }
const arbitrarySeats = (max: number): fc.Arbitrary<Seats> =>
  fc.record({
    seatsMax: fc.option(fc.nat(max + 1), { nil: undefined }),
    seatsReserved: fc.option(fc.nat(2), { nil: undefined }),
  })

const limitOf = (name: string, set: { agents: number[]; others?: number[] }, seats: Seats | undefined): Limit[] => {
  if (set.agents.length === 0 || set.others?.length === 0) return []
  const { seatsMax, seatsReserved } = seats ?? {}
  return [
    {
      name,
      ...set,
      ...(seatsMax === undefined ? {} : { seatsMax }),
      ...(seatsReserved === undefined ? {} : { seatsReserved: Math.min(seatsReserved, seatsMax ?? seatsReserved) }),
    },
  ]
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i)
