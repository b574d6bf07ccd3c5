import fc from 'fast-check'
import type { TeamProblem } from '../../src/consortia/team.ts'

type Sizes = { candidatesMax: number; facetsMax: number; isPlain?: boolean }

/** Random questions. A plain one has no exclusions, collaborations, required members, and no limit that binds. */
export const arbitraryTeamProblem = ({ candidatesMax, facetsMax, isPlain = false }: Sizes): fc.Arbitrary<TeamProblem> =>
  fc
    .tuple(fc.integer({ min: 1, max: candidatesMax }), fc.integer({ min: 1, max: facetsMax }))
    .chain(([candidates, facets]) => {
      const candidateIds = Array.from({ length: candidates }, (_, i) => `c${i}`)
      const facetIds = Array.from({ length: facets }, (_, i) => `f${i}`)
      const pair = fc
        .tuple(fc.constantFrom(...candidateIds), fc.constantFrom(...candidateIds))
        .filter(([a, b]) => a < b)
      const pairs =
        candidates < 2 || isPlain ? fc.constant([]) : fc.uniqueArray(pair, { maxLength: 3, selector: String })
      return fc.record({
        facets: fc.tuple(
          ...facetIds.map(id => fc.record({ id: fc.constant(id), weight: fc.integer({ min: 1, max: 3 }) })),
        ),
        candidates: fc.tuple(
          ...candidateIds.map(id =>
            fc.record({
              id: fc.constant(id),
              quality: fc.dictionary(fc.constantFrom(...facetIds), fc.nat(10_000), { maxKeys: facets }),
              costYuan: fc.nat(2_000_000),
              capacity: isPlain ? fc.constant(facets) : fc.integer({ min: 1, max: facets }),
            }),
          ),
        ),
        membersMax: isPlain ? fc.constant(candidates) : fc.integer({ min: 2, max: candidates + 1 }),
        required: isPlain ? fc.constant([]) : fc.subarray(candidateIds, { maxLength: 1 }),
        exclusions: pairs,
        collaborations: pairs.chain(some =>
          fc.tuple(...some.map(one => fc.record({ pair: fc.constant(one), savedPoints: fc.nat(1_500) }))),
        ),
      })
    })
