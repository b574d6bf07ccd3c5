import type { Bilingual } from '../../engine/types.ts'
import type { ImportKind, ImportState } from '../../imports/tables.ts'
import type { RunState } from '../../matching/runs-tables.ts'
import type { TargetMetric } from '../../parks/targets.ts'
import type { Publication } from '../../parks/tables.ts'
import { METRIC_NAMES } from '../../reports/formats/words.ts'
import type { FileState } from '../../reports/tables.ts'
import type { Condition, CostKind } from '../../resources/funding.ts'
import type { Element, ReservationState } from '../../resources/tables.ts'
import { AUDIT_ACTION_NAMES, AUDIT_FAULT_NAMES } from './audit-names.ts'
import type { EntrySide, RoundState } from '../../rounds/tables.ts'
import type { PeriodName } from '../desk/periods.ts'
import type { InvitationState, MembershipState } from '../../identity/tables.ts'

type Named<Code extends string> = Record<Code, Bilingual>

/** The amounts that limit a funding rule. */
export const CAPS = [
  'projectCapYuan',
  'firmCapYuan',
  'firmYearCapYuan',
  'vendorCapYuan',
  'poolYuan',
  'poolYearYuan',
] as const

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

const publication: Named<Publication> = {
  author: { zh: '企业自行发布', en: 'Its author, by itself' },
  park: { zh: '园区审核后发布', en: 'The park, after a review' },
}

const costKind: Named<CostKind> = {
  compute: { zh: '算力', en: 'Compute' },
  training: { zh: '训练', en: 'Training' },
  data: { zh: '数据', en: 'Data' },
  openData: { zh: '开放数据', en: 'Open data' },
  model: { zh: '模型', en: 'Models' },
  equipment: { zh: '设备', en: 'Equipment' },
  project: { zh: '项目', en: 'Projects' },
  other: { zh: '其他', en: 'Other' },
}

const condition: Named<Condition> = {
  startUp: { zh: '初创企业', en: 'A start-up' },
  modelFiled: { zh: '模型已备案', en: 'The model is filed' },
  benchmark: { zh: '标杆项目', en: 'A benchmark project' },
  demonstration: { zh: '示范项目', en: 'A demonstration' },
}

const cap: Named<(typeof CAPS)[number]> = {
  projectCapYuan: { zh: '每个项目', en: 'per project' },
  firmCapYuan: { zh: '每家企业', en: 'per firm' },
  firmYearCapYuan: { zh: '每家企业每年', en: 'per firm and year' },
  vendorCapYuan: { zh: '每家服务商', en: 'per vendor' },
  poolYuan: { zh: '资金池', en: 'pool' },
  poolYearYuan: { zh: '每年资金池', en: 'pool of a year' },
}

const roundState: Named<RoundState> = {
  open: { zh: '进行中', en: 'Open' },
  published: { zh: '已发布', en: 'Published' },
  cancelled: { zh: '已取消', en: 'Cancelled' },
}

const roundSide: Named<EntrySide> = {
  scenario: { zh: '场景', en: 'Scenario' },
  vendor: { zh: '供方', en: 'Vendor' },
}

const importKind: Named<ImportKind> = {
  scenarios: { zh: '场景', en: 'Scenarios' },
  capabilities: { zh: '能力', en: 'Capabilities' },
}

const importState: Named<ImportState> = {
  uploading: { zh: '上传中', en: 'Arriving' },
  incomplete: { zh: '未完整', en: 'Incomplete' },
  staged: { zh: '待开始', en: 'Waits for its start' },
  running: { zh: '导入中', en: 'Running' },
  completed: { zh: '已完成', en: 'Completed' },
  cancelled: { zh: '已取消', en: 'Cancelled' },
}

const runState: Named<RunState> = {
  queued: { zh: '排队中', en: 'Waiting' },
  running: { zh: '匹配中', en: 'Running' },
  completed: { zh: '已完成', en: 'Completed' },
  cancelled: { zh: '已取消', en: 'Cancelled' },
}

const reservationState: Named<ReservationState> = {
  held: { zh: '已预订', en: 'Held' },
  returned: { zh: '已归还', en: 'Given back' },
  cancelled: { zh: '已取消', en: 'Cancelled' },
}

/** The report's names stand within sentences; here they begin a line. */
const metric = Object.fromEntries(
  Object.entries(METRIC_NAMES).map(([code, { zh, en }]) => [
    code,
    { zh, en: en.charAt(0).toUpperCase() + en.slice(1) },
  ]),
) as Named<TargetMetric>

/** Names of codes that stand on the park's pages. */
export const DESK_NAMES = {
  membershipState,
  invitationState,
  fileState,
  period,
  element,
  publication,
  roundState,
  roundSide,
  importKind,
  importState,
  runState,
  reservationState,
  auditAction: AUDIT_ACTION_NAMES,
  auditFault: AUDIT_FAULT_NAMES,
  costKind,
  condition,
  cap,
  metric,
}
