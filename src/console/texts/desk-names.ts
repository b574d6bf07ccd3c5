import type { Bilingual } from '../../engine/types.ts'
import type { InvitationState, MembershipState } from '../../identity/tables.ts'

type Named<Code extends string> = Record<Code, Bilingual>

const membershipState: Named<MembershipState> = {
  requested: { zh: '申请中', en: 'Asked to join' },
  active: { zh: '已启用', en: 'Active' },
  suspended: { zh: '已停用', en: 'Suspended' },
}

const invitationState: Named<InvitationState | 'expired'> = {
  pending: { zh: '待接受', en: 'Pending' },
  accepted: { zh: '已接受', en: 'Accepted' },
  revoked: { zh: '已撤回', en: 'Taken back' },
  expired: { zh: '已过期', en: 'Run out' },
}

/** Names of codes that stand on the park's pages. */
export const DESK_NAMES = { membershipState, invitationState }
