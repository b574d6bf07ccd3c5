import type { Aspect } from '../../engine/clarity.ts'
import type { Bilingual, Verdict } from '../../engine/types.ts'
import type { DeliveryState, DisabledReason, EndpointState } from '../../webhooks/tables.ts'
import type { OutcomeState } from '../../matching/tables.ts'
import type { FocusTier } from '../../parks/focus.ts'
import type { DeclineReason, MatchAction, MatchState, PlatformAction, Side } from '../../matching/rules.ts'
import type { OrganisationKind, Role } from '../../platform/actor.ts'
import type { SCENARIO_STATES } from '../../scenarios/tables.ts'
import type { CapabilityState } from '../../capabilities/tables.ts'

type Named<Code extends string> = Record<Code, Bilingual>

const matchState: Named<MatchState> = {
  proposed: { zh: '已推荐', en: 'Proposed' },
  interest: { zh: '一方有意向', en: 'One side interested' },
  mutual: { zh: '双方有意向', en: 'Both interested' },
  introduced: { zh: '已引荐', en: 'Introduced' },
  pilot: { zh: '试点中', en: 'In pilot' },
  contracted: { zh: '已签约', en: 'Contracted' },
  landed: { zh: '已落地', en: 'Landed' },
  scaled: { zh: '已推广', en: 'Scaled' },
  declined: { zh: '已婉拒', en: 'Declined' },
  withdrawn: { zh: '已撤回', en: 'Withdrawn' },
  expired: { zh: '已过期', en: 'Expired' },
  retracted: { zh: '已撤下', en: 'Retracted' },
}

const scenarioState: Named<(typeof SCENARIO_STATES)[number]> = {
  draft: { zh: '草稿', en: 'Draft' },
  submitted: { zh: '待园区审核', en: 'With the park' },
  returned: { zh: '已退回', en: 'Returned' },
  published: { zh: '已发布', en: 'Published' },
  withdrawn: { zh: '已撤回', en: 'Withdrawn' },
  expired: { zh: '已到期', en: 'Expired' },
}

const capabilityState: Named<CapabilityState> = {
  draft: { zh: '草稿', en: 'Draft' },
  published: { zh: '已发布', en: 'Published' },
  withdrawn: { zh: '已撤回', en: 'Withdrawn' },
}

const side: Named<Side> = {
  factory: { zh: '工厂', en: 'Factory' },
  vendor: { zh: '供方', en: 'Vendor' },
  park: { zh: '园区', en: 'Park' },
  platform: { zh: '平台', en: 'Platform' },
}

/** What a button says. */
const action: Named<MatchAction> = {
  express_interest: { zh: '有意向', en: 'Interested' },
  accept_introduction: { zh: '同意引荐', en: 'Accept the introduction' },
  start_pilot: { zh: '开始试点', en: 'Start the pilot' },
  contract: { zh: '记录签约', en: 'Record the contract' },
  land: { zh: '记录落地', en: 'Record the landing' },
  scale: { zh: '记录推广', en: 'Record the scaling' },
  hold: { zh: '暂缓', en: 'Hold' },
  decline: { zh: '婉拒', en: 'Decline' },
  withdraw: { zh: '撤回', en: 'Withdraw' },
}

/** What the history says that was done. */
const done: Named<MatchAction | PlatformAction> = {
  express_interest: { zh: '表示有意向', en: 'showed interest' },
  accept_introduction: { zh: '同意引荐', en: 'accepted the introduction' },
  start_pilot: { zh: '开始试点', en: 'started the pilot' },
  contract: { zh: '记录签约', en: 'recorded the contract' },
  land: { zh: '记录落地', en: 'recorded the landing' },
  scale: { zh: '记录推广', en: 'recorded the scaling' },
  hold: { zh: '暂缓', en: 'put it off' },
  decline: { zh: '婉拒', en: 'declined' },
  withdraw: { zh: '撤回', en: 'withdrew' },
  retract: { zh: '因评分变化撤下', en: 'retracted it after a new score' },
  return: { zh: '重新推荐', en: 'proposed it again' },
  expire: { zh: '到期无人处理', en: 'ended it: nobody acted in time' },
}

const reason: Named<DeclineReason> = {
  too_early: { zh: '时机尚早', en: 'Too early' },
  benefit_unclear: { zh: '收益不明', en: 'The benefit is unclear' },
  commercial_route_unclear: { zh: '商业路径不明', en: 'The commercial route is unclear' },
  description_unclear: { zh: '描述不清', en: 'The description is unclear' },
  data: { zh: '数据条件不足', en: 'Data' },
  budget: { zh: '预算不符', en: 'Budget' },
  timing: { zh: '时间不符', en: 'Timing' },
  competitor: { zh: '竞争关系', en: 'A competitor' },
  compliance: { zh: '合规要求', en: 'Compliance' },
  other: { zh: '其他（请说明）', en: 'Other (say what)' },
}

const verdict: Named<Verdict> = {
  ok: { zh: '满足', en: 'Met' },
  convertible: { zh: '可转换', en: 'Convertible' },
  missing: { zh: '缺失', en: 'Missing' },
  forbidden: { zh: '不允许', en: 'Forbidden' },
}

const kind: Named<OrganisationKind> = {
  manufacturer: { zh: '制造企业', en: 'Manufacturer' },
  vendor: { zh: '供方', en: 'Vendor' },
  institute: { zh: '科研院所', en: 'Institute' },
  provider: { zh: '服务机构', en: 'Provider' },
  government: { zh: '政府部门', en: 'Government' },
  park: { zh: '园区管理方', en: 'Park administration' },
  operator: { zh: '平台运营方', en: 'Operator' },
}

const role: Named<Role> = {
  owner: { zh: '所有者', en: 'Owner' },
  editor: { zh: '编辑', en: 'Editor' },
  reader: { zh: '只读', en: 'Reader' },
}

const aspect: Named<Aspect> = {
  problem: { zh: '问题', en: 'Problem' },
  data: { zh: '数据', en: 'Data' },
  object: { zh: '对象', en: 'Object' },
  process: { zh: '工艺', en: 'Process' },
  baseline: { zh: '现状', en: 'Present value' },
  target: { zh: '目标', en: 'Target' },
  constraint: { zh: '约束', en: 'Constraint' },
  volume: { zh: '数据量', en: 'Volume' },
  labels: { zh: '标注', en: 'Labels' },
  budget: { zh: '预算', en: 'Budget' },
  date: { zh: '时间', en: 'Date' },
}

const targetStatus: Named<'reached' | 'on_track' | 'behind'> = {
  reached: { zh: '已达成', en: 'Reached' },
  on_track: { zh: '正常', en: 'On track' },
  behind: { zh: '落后', en: 'Behind' },
}

const focusTier: Named<FocusTier> = {
  leading: { zh: '主导产业', en: 'Leading' },
  pillar: { zh: '支柱产业', en: 'Pillar' },
  emerging: { zh: '新兴产业', en: 'Emerging' },
}

const outcomeState: Named<OutcomeState> = {
  reported: { zh: '待对方确认', en: 'To be confirmed' },
  confirmed: { zh: '已确认', en: 'Confirmed' },
  disputed: { zh: '有异议', en: 'Disputed' },
}

const deliveryState: Named<DeliveryState | 'undelivered'> = {
  undelivered: { zh: '未送达', en: 'Undelivered' },
  pending: { zh: '待发送', en: 'Pending' },
  delivered: { zh: '已送达', en: 'Delivered' },
  held: { zh: '已暂存', en: 'Held' },
  exhausted: { zh: '已放弃', en: 'Given up' },
  withdrawn: { zh: '已撤回', en: 'Withdrawn' },
  dropped: { zh: '已丢弃', en: 'Dropped' },
}

const endpointState: Named<EndpointState> = {
  active: { zh: '启用', en: 'Active' },
  disabled: { zh: '停用', en: 'Disabled' },
}

const disabledReason: Named<DisabledReason> = {
  gone: { zh: '对方答复 410', en: 'It answered 410' },
  failing: { zh: '连续多日失败', en: 'It failed for days' },
  blocked_address: { zh: '地址不允许', en: 'Its address is not allowed' },
  manual: { zh: '手动停用', en: 'By hand' },
}

const testOutcome: Named<'delivered' | 'failed'> = {
  delivered: { zh: '测试已送达', en: 'The test arrived' },
  failed: { zh: '测试失败', en: 'The test failed' },
}

const jobState: Named<'wait' | 'active' | 'delayed' | 'failed' | 'completed'> = {
  wait: { zh: '等待', en: 'Waiting' },
  active: { zh: '进行中', en: 'Running' },
  delayed: { zh: '延后', en: 'Delayed' },
  failed: { zh: '失败', en: 'Failed' },
  completed: { zh: '近一小时完成', en: 'Done, last hour' },
}

const queueStep: Named<'retry' | 'pause' | 'resume'> = {
  retry: { zh: '重试失败任务', en: 'Retry what failed' },
  pause: { zh: '暂停', en: 'Pause' },
  resume: { zh: '继续', en: 'Resume' },
}

export const NAMES = {
  deliveryState,
  endpointState,
  disabledReason,
  testOutcome,
  jobState,
  queueStep,
  targetStatus,
  focusTier,
  outcomeState,
  matchState,
  scenarioState,
  capabilityState,
  side,
  action,
  done,
  reason,
  verdict,
  kind,
  role,
  aspect,
}
