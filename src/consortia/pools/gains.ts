import { desc, eq, inArray } from 'drizzle-orm'
import { loadCapabilityInputs } from '../../capabilities/feed.ts'
import { tierOfField as tierOfCapabilityField } from '../../capabilities/tiers.ts'
import type { Gap, GapField } from '../../engine/types.ts'
import { matches, matchScores } from '../../matching/tables.ts'
import type { Tx } from '../../platform/db.ts'
import { loadScenarioInputs } from '../../scenarios/feed.ts'
import { tierOfField } from '../../scenarios/tiers.ts'
import { type Holding, listUnlocked, type PoolUnlocked } from './share.ts'

/** What adds up when data is brought together; how long a history is, or how complete, does not. */
const ADDITIVE: ReadonlySet<GapField> = new Set(['volume', 'labels', 'negativeSamples'])
const UNLOCKED_MAX = 20

/**
 * The data minimums that no one of these scenarios reaches alone and all of them reach together, as the data interface of
 * their matches compared them. Amounts that an owner sealed, and minimums that a vendor did, are left out.
 */
export const loadUnlocked = async (tx: Tx, scenarioIds: string[]): Promise<PoolUnlocked[]> => {
  if (scenarioIds.length < 2) return []
  const rows = await tx
    .select({ scenarioId: matches.scenarioId, capabilityId: matches.capabilityId, score: matchScores.score })
    .from(matches)
    .innerJoin(matchScores, eq(matchScores.matchId, matches.id))
    .where(inArray(matches.scenarioId, scenarioIds))
    .orderBy(matches.id, desc(matchScores.scoredAt))
  const newest = new Map(rows.toReversed().map(row => [`${row.scenarioId} ${row.capabilityId}`, row]))
  const isSaid = await findSaid(tx, scenarioIds, [...new Set(rows.map(({ capabilityId }) => capabilityId))])
  const minimums = new Map<string, PoolUnlocked>()
  const holdings: Holding[] = []
  for (const { scenarioId, capabilityId, score } of newest.values())
    for (const gap of score.gaps) {
      if (!isSum(gap) || !isSaid(scenarioId, capabilityId, gap)) continue
      const { requirement, field, need, unit } = gap
      const key = `${capabilityId} ${requirement} ${field}`
      minimums.set(key, { capabilityId, requirement, field, minimum: need, unit })
      holdings.push({ scenarioId, requirement: key, amount: typeof gap.have === 'number' ? gap.have : 0 })
    }
  const unlocked = listUnlocked(
    [...minimums].map(([requirement, { unit, minimum }]) => ({ requirement, unit, minimum })),
    holdings,
  )
  return unlocked
    .flatMap(({ requirement }) => minimums.get(requirement) ?? [])
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
    .slice(0, UNLOCKED_MAX)
}

const isSum = (gap: Gap): gap is Gap & { need: number; unit: string } =>
  ADDITIVE.has(gap.field) && typeof gap.need === 'number' && gap.unit !== undefined && gap.unit !== 'share'

/** Whether both sides of a row may be counted for others: neither owner sealed what it says. */
const findSaid = async (tx: Tx, scenarioIds: string[], capabilityIds: string[]) => {
  const demand = new Map((await loadScenarioInputs(tx, scenarioIds)).map(row => [row.id, row.fieldTiers]))
  const supply = new Map((await loadCapabilityInputs(tx, capabilityIds)).map(row => [row.id, row.fieldTiers]))
  return (scenarioId: string, capabilityId: string, gap: Gap): boolean =>
    tierOfField(gap.haveField ?? '/datasets', demand.get(scenarioId) ?? {}) !== 'sealed' &&
    tierOfCapabilityField('/dataRequirements', supply.get(capabilityId) ?? {}) === 'public'
}
