/**
 * The shapes of the seeds' content. Natural keys (`key`, `slug`) let a seed run twice without a second row: they are
 * kebab-case, unique per file and never change once released. All companies, people and projects are invented.
 */
import type { CapabilityInput, ScenarioInput } from '../../src/engine/types.ts'

/** `matchThreshold` is the score, in ten-thousandths, below which a match is not announced in the park. */
export type ParkSeed = {
  slug: string
  name: string
  nameEn: string
  region: string
  timeZone: string
  matchThreshold: number
}

export type OrganisationKind = 'manufacturer' | 'vendor' | 'institute' | 'provider' | 'government'

/** `parks` are the slugs of the parks of which the organisation is an active member. */
export type OrganisationSeed = {
  key: string
  name: string
  nameEn: string
  kind: OrganisationKind
  city: string
  parks: string[]
}

/** `organisation` is a key of `organisations`, `park` a slug of `parks`. */
export type ScenarioSeed = {
  key: string
  organisation: string
  park: string
  visibility: 'park' | 'network'
  input: Omit<ScenarioInput, 'id'>
}

/** `offeredTo` names the parks in which the capability is offered, or `network` for all of them. */
export type CapabilitySeed = {
  key: string
  organisation: string
  offeredTo: string[]
  input: Omit<CapabilityInput, 'id'>
}

/** The five elements that a park brings together for an innovation consortium. */
export type ResourceElement = 'scenario' | 'data' | 'compute' | 'capital' | 'talent'

/** `kind` is a concept (`rs.*`); `quota` is what may be lent in all; `source` names the rule that it stands on. */
export type ResourceSeed = {
  key: string
  park: string
  organisation: string
  element: ResourceElement
  kind: string
  title: string
  titleEn: string
  summary: string
  quota?: { amount: number; unit: string }
  eligibility?: string
  source?: string
}
