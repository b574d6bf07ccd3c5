import { z } from 'zod'
import { GAP_FIELDS, PART_NAMES, VERDICTS } from '../engine/types.ts'
import { ImportCompleted, ImportStarted, ImportStored, RunCompleted, RunRequested } from './volumes.ts'
import { entry, type Entry } from './entry.ts'
import { PRIVACY_CATALOG } from './privacy-catalog.ts'
import { TEAM_CATALOG } from './team-catalog.ts'

/**
 * Every event of the product: its name, the shape of its data, an example and what it means. Public ones may be
 * subscribed to and polled; the others only drive our own workers. Data holds ids and what every party may see at the
 * public tier: no need, no have, no figure or span of a higher tier, no person.
 */
const Score = z.int().min(0).max(10_000)
const parts = z
  .array(z.object({ name: z.enum(PART_NAMES), factory: Score, vendor: Score }))
  .describe('Contribution of each part in each direction')
const gaps = z.array(
  z.object({ field: z.enum(GAP_FIELDS), verdict: z.enum(VERDICTS), level: z.enum(['required', 'useful']) }),
)

const MatchSummary = z.object({
  matchId: z.string(),
  scenarioId: z.string(),
  capabilityId: z.string(),
  parkId: z.string(),
  scenarioTitle: z.string(),
  capabilityTitle: z.string(),
  industry: z.string().nullable(),
  problems: z.array(z.string()),
  total: Score,
  factoryScore: Score,
  vendorScore: Score,
  rank: z.int().min(1).nullable(),
  parts,
  gaps,
})
const MatchRetracted = MatchSummary.pick({ matchId: true, scenarioId: true, capabilityId: true, parkId: true }).extend({
  reason: z
    .enum(['outranked', 'gate', 'scenario_closed', 'capability_closed'])
    .describe('`outranked`: it stands in the list no longer, whatever the cause'),
})
const SIDES = ['factory', 'vendor', 'park'] as const
const Next = {
  waitingFor: z.array(z.enum(SIDES)).describe('Who has to act next'),
  deadlineAt: z.iso.datetime().nullable().describe('When it expires if nobody acts; null where nobody is asked to'),
}
const MatchPlace = MatchSummary.pick({ matchId: true, scenarioId: true, capabilityId: true, parkId: true })
const MatchMoved = MatchPlace.extend({
  from: z.string(),
  to: z.string(),
  by: z.enum(['factory', 'vendor', 'park', 'platform']),
  reason: z.string().optional().describe('Code of a decline'),
  ...Next,
})
const MatchHeld = MatchPlace.extend({ state: z.string(), by: z.enum(SIDES), ...Next })
const MatchReminder = MatchPlace.extend({ state: z.string(), ...Next })
const OutcomeMoved = MatchPlace.extend({ outcomeId: z.string(), by: z.enum(['factory', 'vendor']) })
const Unserved = z.object({
  scenarioId: z.string(),
  parkId: z.string(),
  scenarioTitle: z.string(),
  problems: z.array(z.string()),
  bestTotal: Score.nullable().describe('The best that came near; null where nothing did'),
  threshold: Score,
})
const MatchStaged = z.object({ matchId: z.string() })
const ScenarioChanged = z.object({ scenarioId: z.string() })
const ScenarioReviewed = z.object({ scenarioId: z.string(), parkId: z.string() })
const CapabilityChanged = z.object({ capabilityId: z.string() })
const MembershipChanged = z.object({
  parkId: z.string(),
  organisationId: z.string(),
  organisationName: z.string(),
  organisationKind: z.string(),
})
const MembershipDecided = z.object({ parkId: z.string(), organisationId: z.string() })
const InvitationMade = z.object({ invitationId: z.string() })
const LinkRequested = z.object({ linkId: z.string() })
const EndpointChanged = z.object({
  endpointId: z.string(),
  reason: z.string().optional(),
  percent: z.int().optional().describe('How far the endpoint is on the way to being disabled'),
})
const DeliveryExhausted = z.object({ deliveryId: z.string(), endpointId: z.string(), eventType: z.string() })

const example = {
  matchId: 'mat_01k9y2v7wq8m3n5r7t9x1z3b5d',
  scenarioId: 'scn_01k9y2v7wq8m3n5r7t9x1z3b5e',
  capabilityId: 'cap_01k9y2v7wq8m3n5r7t9x1z3b5f',
  parkId: 'prk_01k9y2v7wq8m3n5r7t9x1z3b5g',
}
const summaryExample = {
  ...example,
  scenarioTitle: '冲压件划痕漏检',
  capabilityTitle: '小样本表面缺陷检测',
  industry: 'ind.C33',
  problems: ['pb.defect-inspection'],
  total: 7120,
  factoryScore: 7304,
  vendorScore: 6941,
  rank: 1,
  parts: [{ name: 'problem' as const, factory: 2400, vendor: 2100 }],
  gaps: [{ field: 'labels' as const, verdict: 'missing' as const, level: 'required' as const }],
}

const memberExample = {
  parkId: example.parkId,
  organisationId: 'org_01k9y2v7wq8m3n5r7t9x1z3b5k',
  organisationName: '恒泰冲压有限公司',
  organisationKind: 'manufacturer',
}

const reviewExample = { scenarioId: example.scenarioId, parkId: example.parkId }

export const CATALOG = {
  'scenario.published': entry(ScenarioChanged, 'A scenario was published', '场景已发布'),
  'scenario.updated': entry(ScenarioChanged, 'A published scenario was changed', '已发布场景有修改'),
  'scenario.withdrawn': entry(ScenarioChanged, 'A scenario was taken back or expired', '场景已撤回或到期'),
  'scenario.submitted': entry(
    ScenarioReviewed,
    'A scenario waits for the park to approve it',
    '场景待园区审核',
    reviewExample,
  ),
  'scenario.approved': entry(
    ScenarioReviewed,
    'The park approved and published a scenario',
    '园区已批准并发布场景',
    reviewExample,
  ),
  'scenario.returned': entry(
    ScenarioReviewed,
    'The park returned a scenario to its author',
    '园区已退回场景',
    reviewExample,
  ),
  'scenario.unserved': entry(Unserved, 'No capability reaches the threshold of the park', '没有能力达到园区阈值', {
    scenarioId: example.scenarioId,
    parkId: example.parkId,
    scenarioTitle: '毛织验布',
    problems: ['pb.defect-inspection'],
    bestTotal: 3120,
    threshold: 4500,
  }),
  'capability.published': entry(CapabilityChanged, 'A capability was published', '能力已发布'),
  'capability.updated': entry(CapabilityChanged, 'A published capability was changed', '已发布能力有修改'),
  'capability.withdrawn': entry(CapabilityChanged, 'A capability was taken back', '能力已撤回'),
  'match.created': entry(
    MatchSummary,
    'A pair entered the shortlist of a scenario for the first time',
    '某对供需首次进入场景短名单',
    summaryExample,
  ),
  'match.updated': entry(
    MatchSummary,
    'An announced pair came back, moved by 200 points or more, or a gate or gap verdict changed',
    '已通知的配对重新入选、得分变化 200 以上，或门槛/数据差距结论改变',
    summaryExample,
  ),
  'match.retracted': entry(MatchRetracted, 'An announced pair fell out of the list', '已通知的配对退出名单', {
    ...example,
    reason: 'outranked',
  }),
  'match.state_changed': entry(MatchMoved, 'A match was moved, or expired', '一次匹配被推进、结束或到期', {
    ...example,
    from: 'proposed',
    to: 'interest',
    by: 'vendor',
    waitingFor: ['factory'],
    deadlineAt: '2026-11-16T08:00:00.000Z',
  }),
  'match.held': entry(MatchHeld, 'The deadline of a match was put off', '一次匹配的截止日期被推迟', {
    ...example,
    state: 'interest',
    by: 'factory',
    waitingFor: ['factory'],
    deadlineAt: '2026-12-01T08:00:00.000Z',
  }),
  'match.reminder': entry(
    MatchReminder,
    'You are asked to act on a match, and its deadline comes near',
    '一次匹配等待贵方处理，截止日期临近',
    { ...example, state: 'interest', waitingFor: ['factory'], deadlineAt: '2026-11-16T08:00:00.000Z' },
  ),
  'outcome.reported': entry(
    OutcomeMoved,
    'A party reported what a match brought; the other is asked to confirm it',
    '一方上报了对接成效，等待另一方确认',
    { ...example, outcomeId: 'out_01k9y2v7wq8m3n5r7t9x1z3b5m', by: 'factory' },
  ),
  'outcome.confirmed': entry(
    OutcomeMoved,
    'The other party confirmed an outcome: it counts',
    '另一方确认了成效，计入统计',
    {
      ...example,
      outcomeId: 'out_01k9y2v7wq8m3n5r7t9x1z3b5m',
      by: 'vendor',
    },
  ),
  'outcome.disputed': entry(OutcomeMoved, 'The other party does not agree with an outcome', '另一方对成效有异议', {
    ...example,
    outcomeId: 'out_01k9y2v7wq8m3n5r7t9x1z3b5m',
    by: 'vendor',
  }),
  'match.stage_changed': entry(MatchStaged, 'A match opened further to its parties', '匹配向双方进一步公开'),
  'membership.requested': entry(MembershipChanged, 'A company asks to join the park', '有企业申请入园', memberExample),
  'membership.activated': entry(MembershipChanged, 'The park admitted a member', '园区已接纳成员', memberExample),
  'membership.suspended': entry(
    MembershipChanged,
    'The park suspended a member; what it published is withheld',
    '园区已停用成员，其发布内容不再展示和匹配',
    memberExample,
  ),
  'membership.decided': entry(
    MembershipDecided,
    'What a member published is shown or withheld',
    '成员发布内容展示或停展',
  ),
  'invitation.created': entry(InvitationMade, 'Somebody was invited', '已发出邀请'),
  'sign_in_link.requested': entry(LinkRequested, 'Somebody asked for a sign-in link', '有人请求登录链接'),
  'report.requested': entry(z.object({ fileId: z.string() }), 'A report was asked for as a file', '有人请求导出报告'),
  'park.settings_changed': entry(z.object({ parkId: z.string() }), 'A park changed what counts', '园区修改了统计口径'),
  'match_run.requested': entry(RunRequested, 'Scenarios are to be scored again', '请求重新匹配'),
  'match_run.completed': entry(
    RunCompleted,
    'Scenarios were scored again; pairs whose place in a shortlist changed were told of one by one',
    '重新匹配完成；仅短名单有变化的配对逐条通知',
    {
      runId: 'run_01k9y2v7wq8m3n5r7t9x1z3b5j',
      parkIds: [example.parkId],
      scenarios: 980,
      entered: 412,
      left: 388,
      announced: 57,
    },
  ),
  'import.started': entry(ImportStarted, 'The rows of an upload are to be taken in', '开始导入已上传的数据'),
  'import.stored': entry(ImportStored, 'Rows were taken in and are to be matched', '数据已入库，等待匹配'),
  'import.completed': entry(
    ImportCompleted,
    'All rows of an upload are decided; matching follows. No event is told of each row',
    '导入完成，随后开始匹配；不会逐行通知',
    {
      importId: 'imp_01k9y2v7wq8m3n5r7t9x1z3b5j',
      kind: 'scenarios',
      parkId: example.parkId,
      imported: 980,
      rejected: 15,
      duplicates: 5,
      organisationsMade: 120,
    },
  ),
  'endpoint.ping': entry(z.object({ endpointId: z.string() }), 'A test that you asked for', '您请求的测试', {
    endpointId: 'whe_01k9y2v7wq8m3n5r7t9x1z3b5h',
  }),
  'endpoint.warned': entry(
    EndpointChanged,
    'An endpoint keeps failing and will be disabled',
    '端点持续失败，将被停用',
    {
      endpointId: 'whe_01k9y2v7wq8m3n5r7t9x1z3b5h',
      percent: 50,
    },
  ),
  'endpoint.disabled': entry(
    EndpointChanged,
    'An endpoint was disabled; deliveries are held',
    '端点已停用，投递被保留',
    {
      endpointId: 'whe_01k9y2v7wq8m3n5r7t9x1z3b5h',
      reason: 'failing',
    },
  ),
  'endpoint.recovered': entry(EndpointChanged, 'A failing endpoint answers again', '端点恢复正常', {
    endpointId: 'whe_01k9y2v7wq8m3n5r7t9x1z3b5h',
  }),
  'delivery.exhausted': entry(DeliveryExhausted, 'The last attempt of a delivery failed', '投递的最后一次尝试失败', {
    deliveryId: 'dlv_01k9y2v7wq8m3n5r7t9x1z3b5j',
    endpointId: 'whe_01k9y2v7wq8m3n5r7t9x1z3b5h',
    eventType: 'match.created',
  }),
  ...TEAM_CATALOG,
  ...PRIVACY_CATALOG,
} satisfies Record<string, Entry>

export type EventType = keyof typeof CATALOG
export type EventData<T extends EventType> = z.infer<(typeof CATALOG)[T]['data']>

export const EVENT_TYPES = Object.keys(CATALOG) as EventType[]
/** What may be subscribed to. */
export const PUBLIC_EVENT_TYPES = EVENT_TYPES.filter(type => CATALOG[type].public)

export const nounOf = (type: string): string => type.slice(0, type.indexOf('.'))

/** How types are named in a subscription or a poll: in full, by noun (`match.*`) or all at once (`*`). */
export const EVENT_PATTERNS = [
  '*',
  ...new Set(PUBLIC_EVENT_TYPES.map(type => `${nounOf(type)}.*`)),
  ...PUBLIC_EVENT_TYPES,
]

export const subscribesTo = (patterns: readonly string[], type: EventType): boolean =>
  patterns.includes('*') || patterns.includes(type) || patterns.includes(`${nounOf(type)}.*`)
