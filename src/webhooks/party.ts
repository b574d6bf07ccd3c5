/** What stands between an organisation and an event that was meant for it, as it is at the moment of sending. */
export type Standing = {
  isReader: boolean
  /** The event is about a match, and the organisation is its factory, its vendor or its park; true for other events. */
  isParty: boolean
  /** The park that the event is about, if it is about one. */
  parkId: string | null
  /** The organisation's membership in that park. */
  membership: string | null
  /** Whether it is an active member of any park. */
  isMember: boolean
}

export type Withdrawal = 'not_a_reader' | 'not_a_party' | 'membership_suspended' | 'not_a_member'

/**
 * Why the organisation may not be told any more, if so. Asked before each attempt: a retry may come days after the event.
 * A vendor of another park may be party to a match by a network scenario, so a membership somewhere is enough; one that
 * the park itself has suspended is not.
 */
export const judgeStanding = (standing: Standing): Withdrawal | undefined => {
  if (!standing.isReader) return 'not_a_reader'
  if (!standing.isParty) return 'not_a_party'
  if (standing.parkId === null) return undefined
  if (standing.membership === 'suspended') return 'membership_suspended'
  return standing.isMember ? undefined : 'not_a_member'
}
