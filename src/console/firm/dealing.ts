import { tiersOfFields as capabilityTiers } from '../../capabilities/tiers.ts'
import type { readCapability } from '../../capabilities/queries.ts'
import { type Language, TIERS } from '../../engine/types.ts'
import { decideOutcome } from '../../matching/outcome-rules.ts'
import type { listOutcomes } from '../../matching/outcome-service.ts'
import type { Stage } from '../../matching/redact.ts'
import { LADDER_STATES, type MatchState } from '../../matching/rules.ts'
import type { Reader } from '../../matching/tables.ts'
import type { readScenario } from '../../scenarios/queries.ts'
import { tiersOfFields as scenarioTiers } from '../../scenarios/tiers.ts'
import { namesIn } from '../texts.ts'

/** The way from a proposal to what is spread, and how far along it a match stands; one that has ended stands nowhere. */
export const tellLadder = (state: MatchState) => {
  const at = LADDER_STATES.indexOf(state)
  return LADDER_STATES.map((step, place) => ({ state: step, isDone: place < at, isCurrent: place === at }))
}

type Sides = {
  scenario: Awaited<ReturnType<typeof readScenario>> | undefined
  capability: Awaited<ReturnType<typeof readCapability>> | undefined
}

/**
 * What the other side is shown of a party's own fields, tier by tier: only its owner knows which fields were moved up.
 * @returns nothing for the park, and where one's own side is gone
 */
export const tellDisclosure = (stage: Stage, side: Reader, { scenario, capability }: Sides, language: Language) => {
  const own = side === 'factory' ? scenario : side === 'vendor' ? capability : undefined
  if (own === undefined) return []
  const tiers: Record<string, string> =
    side === 'factory' ? scenarioTiers(scenario?.tiers) : capabilityTiers(capability?.tiers)
  const { field, text } = namesIn(language)
  const names: Record<string, string> = { ...field, ...text }
  const told = Object.keys(own).filter(name => names[name] !== undefined)
  return TIERS.map((tier, place) => ({
    tier,
    isOpen: place <= stage,
    fields: told.flatMap(name => (tiers[name] === tier ? [names[name] ?? ''] : [])),
  }))
}

type Outcome = Awaited<ReturnType<typeof listOutcomes>>['items'][number]

/** Outcomes with what this side may say about each, by the rule that will judge it when it does. */
export const tellOutcomes = (outcomes: readonly Outcome[], side: Reader) =>
  outcomes.map(outcome => ({
    ...outcome,
    decisions: (['confirm', 'dispute'] as const).filter(
      decision => decideOutcome(outcome, decision, side).kind === 'moved',
    ),
  }))
