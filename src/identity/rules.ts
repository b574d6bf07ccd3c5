import type { InvitationState, MembershipState } from './tables.ts'

export const MEMBERSHIP_STEPS = ['activate', 'suspend'] as const
type MembershipStep = (typeof MEMBERSHIP_STEPS)[number]

/** What the park's decision makes of a membership. Repeating it changes nothing. */
export const takeMembershipStep = (_state: MembershipState, step: MembershipStep): MembershipState =>
  step === 'activate' ? 'active' : 'suspended'

export const INVITATION_STEPS = ['accept', 'revoke'] as const
type InvitationStep = (typeof INVITATION_STEPS)[number]

/** What becomes of an invitation. One that was accepted or revoked stays so. */
export const takeInvitationStep = (state: InvitationState, step: InvitationStep): InvitationState => {
  if (state !== 'pending') return state
  return step === 'accept' ? 'accepted' : 'revoked'
}
