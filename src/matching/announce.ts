import type { StoredScore } from './explanation.ts'
import { isTouched, type MatchState, stateWhenDropped, stateWhenListed } from './rules.ts'

/** What a re-score needs to know of a pair that stands already. */
export type Standing = {
  id: string
  capabilityId: string
  vendorId: string
  state: MatchState
  rank: number | null
  factoryInterestAt: Date | null
  vendorInterestAt: Date | null
  factoryAcceptedAt: Date | null
  vendorAcceptedAt: Date | null
  announcedAt: Date | null
  announcedTotal: number | null
  announcedVerdicts: string | null
}

/** A pair of the new ranking. `rank` counts from 1. */
export type Placed = { capabilityId: string; rank: number; score: StoredScore }

export type Announcement = 'created' | 'updated'
export type PlannedWrite = {
  placed: Placed
  standing: Standing | undefined
  state: MatchState
  announce: Announcement | undefined
}
export type PlannedRetraction = { standing: Standing; announced: boolean; state: MatchState }
export type Plan = { writes: PlannedWrite[]; retractions: PlannedRetraction[] }

/** A total that moved less says nothing new to anybody. */
const TOTAL_MOVED_MIN = 200

/**
 * What a new ranking means for the pairs that stand: which are written, which are announced, which fall out. Pure.
 * Announced is who stands in the shortlist at or above the park's threshold: `created` once per pair for ever,
 * `updated` only for a pair once announced, when it comes back, its total moves by 200 or more, or a verdict changes.
 * A pair that fell out is retracted only while nobody has touched it.
 */
export const planAnnouncements = (
  standings: Standing[],
  ranking: Placed[],
  park: { matchThreshold: number; shortlistMax: number },
): Plan => {
  const known = new Map(standings.map(standing => [standing.capabilityId, standing]))
  const placed = new Set(ranking.map(pair => pair.capabilityId))
  const writes = ranking.map(pair => {
    const standing = known.get(pair.capabilityId)
    const isShortlisted = pair.rank <= park.shortlistMax && pair.score.total >= park.matchThreshold
    return {
      placed: pair,
      standing,
      state: standing === undefined ? ('proposed' as const) : stateWhenListed(standing.state),
      announce: isShortlisted ? announcementOf(standing, pair.score) : undefined,
    }
  })
  const retractions = standings
    .filter(standing => !placed.has(standing.capabilityId) && standing.rank !== null)
    .map(standing => ({
      standing,
      announced: standing.announcedAt !== null && !isTouched(standing.state),
      state: stateWhenDropped(standing.state),
    }))
  return { writes, retractions }
}

const announcementOf = (standing: Standing | undefined, score: StoredScore): Announcement | undefined => {
  if (standing === undefined || standing.announcedAt === null) return 'created'
  const moved = Math.abs(score.total - (standing.announcedTotal ?? 0)) >= TOTAL_MOVED_MIN
  return standing.state === 'retracted' || moved || standing.announcedVerdicts !== verdictsOf(score)
    ? 'updated'
    : undefined
}

/** Gate and gap verdicts in one comparable line; values are left out, since they change without meaning anything. */
export const verdictsOf = (score: StoredScore): string =>
  [
    ...score.gates.map(gate => `gate:${gate.rule}`),
    ...score.gaps.map(gap => `${gap.requirement}:${gap.field}:${gap.verdict}`),
  ]
    .sort()
    .join(' ')
