import { demoTexts } from './data/demo-texts.ts'
import { capabilities } from './data/capabilities.ts'
import { scenarios } from './data/scenarios.ts'
import type { IndexedCapability } from '../src/engine/index.ts'
import type { CapabilityInput, ScenarioInput } from '../src/engine/types.ts'

/**
 * Golden rankings out of the demonstration data: each demand is ranked without the problems that its author picked, and
 * at the top belong the supplies for which the same problem was picked. A correction that leads words astray is seen.
 */
export const loadGolden = (): {
  supplies: IndexedCapability[]
  demands: { input: ScenarioInput; relevant: string[] }[]
} => {
  const supplies = capabilities.map(({ key, organisation, input }) => ({
    id: key,
    organisationId: organisation,
    audiences: ['network'],
    input: { ...input, id: key },
  }))
  const told = demoTexts.map((input, i) => ({ key: `demo-text-${i}`, input }))
  const demands = [...scenarios, ...told].map(({ key, input: { problems, ...input } }) => ({
    input: { ...input, id: key },
    relevant: supplies.filter(supply => sharesProblem(supply.input, problems)).map(({ id }) => id),
  }))
  return { supplies, demands: demands.filter(({ relevant }) => relevant.length > 0) }
}

const sharesProblem = (supply: CapabilityInput, problems: ScenarioInput['problems'] = []): boolean =>
  problems.some(problem => supply.problems?.some(solved => solved === problem))
