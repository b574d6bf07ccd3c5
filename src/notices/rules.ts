/** Events that people are told of. Each holds what every reader of it may see, and nothing above the public tier. */
export const NOTICE_TYPES = [
  'match.created',
  'match.state_changed',
  'match.held',
  'match.reminder',
  'match.retracted',
  'outcome.reported',
  'outcome.confirmed',
  'outcome.disputed',
  'scenario.unserved',
  'consortium.invited',
  'consortium.charter_proposed',
  'consortium.formed',
  'consortium.pool_proposed',
  'consortium.pool_opened',
  'consortium.pool_formed',
  'round.opened',
  'round.paired',
] as const
export type NoticeType = (typeof NOTICE_TYPES)[number]

export const isNoticeType = (type: string): type is NoticeType => (NOTICE_TYPES as readonly string[]).includes(type)

/** Ends that the other side always learns at once, though nothing is asked of it. */
const TOLD_AT_ONCE = ['declined', 'introduced']

/** What asks for an answer by being told of it. */
const ASKING: ReadonlySet<NoticeType> = new Set([
  'match.created',
  'match.reminder',
  'outcome.reported',
  'consortium.invited',
  'consortium.charter_proposed',
  'consortium.pool_proposed',
  'round.opened',
])

/**
 * Whether an event is written to a person at once: a new shortlist, interest or an introduction to answer, a decline, a
 * deadline, an outcome to confirm, an invitation to a consortium or a pool, a charter to vote on, a round. Everything else waits for the digest. `side` is whom his organisation is in it.
 */
export const isUrgent = (
  type: NoticeType,
  data: Record<string, unknown>,
  side: 'factory' | 'vendor' | 'park',
): boolean => {
  if (side === 'park') return false
  if (ASKING.has(type)) return true
  if (type !== 'match.state_changed') return false
  const asked = Array.isArray(data['waitingFor']) && data['waitingFor'].includes(side)
  return asked || TOLD_AT_ONCE.includes(String(data['to']))
}
