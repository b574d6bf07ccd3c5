import type { z } from 'zod'
import { listMemberships } from '../../identity/memberships.ts'
import { nameOrganisations } from '../../identity/service.ts'
import type { Member } from '../../platform/actor.ts'
import type { Tx } from '../../platform/db.ts'
import type { DryRun } from '../../rounds/schemas.ts'
import type { readRound } from '../../rounds/queries.ts'
import { listScenarios, nameScenarios } from '../../scenarios/queries.ts'

/** So many of each side a page offers to choose from. */
const CHOICES_MAX = 300
const OFFERING = ['vendor', 'institute', 'provider'] as const

/** Who may take part in a round of the park: its published scenarios and its active members that offer something. */
export const listCandidates = async (tx: Tx, actor: Member, parkId: string) => {
  const query = { parkId, state: 'published' as const, limit: CHOICES_MAX }
  const found = await listScenarios(tx, actor, query)
  const vendors: { id: string; name: string; kind: string }[] = []
  for (const kind of OFFERING) {
    const page = await listMemberships(tx, parkId, { state: 'active', kind, limit: CHOICES_MAX })
    vendors.push(...page.items.map(row => ({ id: row.organisationId, name: row.organisationName, kind })))
  }
  const scenarios = found.items.map(({ id, title, problems }) => ({ id, title, problems: problems ?? [] }))
  return { scenarios, vendors }
}

type Round = Awaited<ReturnType<typeof readRound>>

/** The names of everybody in a round, by id: titles of scenarios, names of organisations. */
export const nameEntries = async (tx: Tx, { entries }: Pick<Round, 'entries'>): Promise<Map<string, string>> => {
  const idsOf = (side: string) => entries.filter(entry => entry.side === side).map(({ subjectId }) => subjectId)
  const titles = await nameScenarios(tx, idsOf('scenario'))
  return new Map([...titles, ...(await nameOrganisations(tx, idsOf('vendor')))])
}

type Result = Pick<z.infer<typeof DryRun>, 'pairs' | 'advice'>

/** Pairs and advice with names in the place of ids. */
export const nameResult = ({ pairs, advice }: Result, names: ReadonlyMap<string, string>) => ({
  pairs: pairs.map(pair => ({
    ...pair,
    scenario: names.get(pair.scenarioId) ?? pair.scenarioId,
    vendor: names.get(pair.vendorId) ?? pair.vendorId,
  })),
  advice: advice.map(hint => ({ ...hint, name: names.get(hint.where) ?? hint.where, isOne: names.has(hint.where) })),
})
