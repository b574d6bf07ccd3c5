import type { Bilingual } from '../../engine/types.ts'
import type { FileState } from '../../reports/tables.ts'
import type { Element } from '../../resources/tables.ts'
import type { PeriodName } from '../desk/periods.ts'
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

const fileState: Named<FileState> = {
  queued: { zh: '排队中', en: 'Waiting' },
  running: { zh: '生成中', en: 'Being made' },
  done: { zh: '已生成', en: 'Done' },
  failed: { zh: '失败', en: 'Failed' },
}

const period: Named<PeriodName> = {
  month: { zh: '本月', en: 'This month' },
  quarter: { zh: '本季度', en: 'This quarter' },
  year: { zh: '今年', en: 'This year' },
  lastYear: { zh: '去年', en: 'Last year' },
  all: { zh: '全部', en: 'All' },
}

const element: Named<Element> = {
  scenario: { zh: '场景', en: 'Scenarios' },
  data: { zh: '数据', en: 'Data' },
  compute: { zh: '算力', en: 'Compute' },
  capital: { zh: '资金', en: 'Capital' },
  talent: { zh: '人才', en: 'Talent' },
}

/** Names of codes that stand on the park's pages. */
export const DESK_NAMES = { membershipState, invitationState, fileState, period, element }
