import type { PoolSharing, PoolState, PoolMemberState, PoolAction } from '../../consortia/pools/rules.ts'
import type { ConsortiumState, MemberState } from '../../consortia/rules.ts'
import type { ConsortiumMode, ConsortiumOrigin } from '../../consortia/tables.ts'
import type { ChecklistVerdict } from '../../engine/checklist.ts'
import type { Bilingual } from '../../engine/types.ts'

type Named<Code extends string> = Record<Code, Bilingual>

const consortiumState: Named<ConsortiumState> = {
  assembling: { zh: '组合计算中', en: 'Being worked out' },
  proposed: { zh: '已提出', en: 'Proposed' },
  forming: { zh: '组建中', en: 'Forming' },
  formed: { zh: '已成立', en: 'Formed' },
  completed: { zh: '已完成', en: 'Completed' },
  dissolved: { zh: '已解散', en: 'Dissolved' },
  expired: { zh: '已过期', en: 'Expired' },
}

const memberState: Named<MemberState> = {
  invited: { zh: '待答复', en: 'Invited' },
  accepted: { zh: '已加入', en: 'In' },
  declined: { zh: '已谢绝', en: 'Declined' },
  left: { zh: '已退出', en: 'Left' },
}

const consortiumMode: Named<ConsortiumMode> = {
  team: { zh: '组队', en: 'Team' },
  challenge: { zh: '揭榜挂帅', en: 'Challenge' },
}

const consortiumOrigin: Named<ConsortiumOrigin> = {
  unserved: { zh: '无单家可承接', en: 'Nobody serves it alone' },
  asked: { zh: '主动发起', en: 'Asked for' },
  pooled: { zh: '由需求池组成', en: 'From a pool' },
}

const checklistVerdict: Named<ChecklistVerdict> = {
  have: { zh: '具备', en: 'There' },
  gap: { zh: '缺口', en: 'Gap' },
  unknown: { zh: '未知', en: 'Unknown' },
}

const poolState: Named<PoolState> = {
  proposed: { zh: '征集中', en: 'Asked' },
  open: { zh: '已开放', en: 'Open' },
  formed: { zh: '已组建', en: 'Formed' },
  lapsed: { zh: '未成', en: 'Lapsed' },
  dissolved: { zh: '已解散', en: 'Dissolved' },
}

const poolMemberState: Named<PoolMemberState> = {
  proposed: { zh: '待答复', en: 'Asked' },
  joined: { zh: '已加入', en: 'Joined' },
  declined: { zh: '已谢绝', en: 'Declined' },
  left: { zh: '已退出', en: 'Left' },
}

const poolAction: Named<PoolAction> = {
  join: { zh: '加入', en: 'Join' },
  decline: { zh: '谢绝', en: 'Decline' },
  leave: { zh: '退出', en: 'Leave' },
}

const poolSharing: Named<PoolSharing> = {
  unquoted: { zh: '尚无报价', en: 'No quote yet' },
  incomplete: { zh: '有成员未填单独承接的费用', en: 'Somebody has not said what it would pay alone' },
  dearer: { zh: '合并反而更贵，不分摊', en: 'Together costs more than alone' },
  shared: { zh: '已按不高于单独承接分摊', en: 'Shared, nobody pays more than alone' },
}

const poolStep: Named<'form' | 'dissolve'> = {
  form: { zh: '与已加入者组建', en: 'Go on with those who joined' },
  dissolve: { zh: '解散', en: 'Give it up' },
}

const party: Named<'hidden'> = { hidden: { zh: '（尚未公开）', en: '(not disclosed yet)' } }

export const CONSORTIUM_NAMES = {
  consortiumState,
  memberState,
  consortiumMode,
  consortiumOrigin,
  checklistVerdict,
  poolState,
  poolMemberState,
  poolAction,
  poolSharing,
  poolStep,
  party,
}
