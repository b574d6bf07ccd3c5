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
] as const
export type NoticeType = (typeof NOTICE_TYPES)[number]

export const isNoticeType = (type: string): type is NoticeType => (NOTICE_TYPES as readonly string[]).includes(type)

/** Ends that the other side always learns at once, though nothing is asked of it. */
const TOLD_AT_ONCE = ['declined', 'introduced']

/**
 * Whether an event is written to a person at once: a new shortlist, interest or an introduction to answer, a decline, a
 * deadline, an outcome to confirm. Everything else waits for the digest. `side` is whom his organisation is in it.
 */
export const isUrgent = (
  type: NoticeType,
  data: Record<string, unknown>,
  side: 'factory' | 'vendor' | 'park',
): boolean => {
  if (side === 'park') return false
  if (type === 'match.created' || type === 'match.reminder' || type === 'outcome.reported') return true
  if (type !== 'match.state_changed') return false
  const asked = Array.isArray(data['waitingFor']) && data['waitingFor'].includes(side)
  return asked || TOLD_AT_ONCE.includes(String(data['to']))
}
