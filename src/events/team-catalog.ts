import { z } from 'zod'
import { entry } from './entry.ts'

/** Events of what is done together: consortia, pools, rounds, and what is lent and granted. */
const Consortium = z.object({
  consortiumId: z.string(),
  scenarioId: z.string(),
  parkId: z.string(),
  title: z.string(),
})
const Proposed = Consortium.extend({
  members: z.int().min(0),
  method: z.enum(['exact', 'greedy']),
  gap: z.int().min(0).max(10_000).describe('How far from a proven best, of 10,000'),
  uncovered: z.array(z.string()).describe('Facets that nobody can take'),
})
const Invited = Consortium.extend({
  organisationId: z.string(),
  role: z.string(),
  facets: z.array(z.string()),
  deadlineAt: z.string(),
})
const MemberMoved = Consortium.extend({ role: z.string(), to: z.enum(['accepted', 'declined', 'left']) })
const Chartered = Consortium.extend({ version: z.int().min(1) })
const Ended = Consortium.extend({ state: z.enum(['completed', 'dissolved', 'expired']) })
const Answered = Consortium.extend({ answerId: z.string() })
const Reviewed = Answered.extend({ score: z.int().min(0).max(10_000), isSelected: z.boolean() })
const Pool = z.object({
  poolId: z.string(),
  parkId: z.string(),
  scenarioId: z.string(),
  problems: z.array(z.string()),
  size: z.int().min(2),
})
const PoolAsked = Pool.extend({ deadlineAt: z.string().describe('Until when you answer') })
const PoolMoved = Pool.omit({ scenarioId: true }).extend({
  size: z.int().min(0),
  joined: z.int().min(0).describe('Organisations that have joined'),
})
const PoolFormed = PoolMoved.extend({ consortiumId: z.string() })
const PoolEnded = PoolMoved.extend({ state: z.enum(['lapsed', 'dissolved']) })
const Round = z.object({ roundId: z.string(), parkId: z.string(), title: z.string(), deadlineAt: z.string() })
const RoundDone = Round.extend({ pairs: z.int().min(0), blocking: z.int().min(0), broken: z.int().min(0) })
const Paired = z.object({
  roundId: z.string(),
  parkId: z.string(),
  matchId: z.string(),
  scenarioId: z.string(),
  capabilityId: z.string(),
})
const Reserved = z.object({
  reservationId: z.string(),
  resourceId: z.string(),
  parkId: z.string(),
  fromDay: z.string(),
  untilDay: z.string(),
})
const Granted = z.object({ grantId: z.string(), parkId: z.string(), totalYuan: z.int().min(0) })

const consortium = {
  consortiumId: 'con_01k9y2v7wq8m3n5r7t9x1z3b5k',
  scenarioId: 'scn_01k9y2v7wq8m3n5r7t9x1z3b5e',
  parkId: 'prk_01k9y2v7wq8m3n5r7t9x1z3b5g',
  title: '家具板材缺陷公共数据集',
}
const pool = {
  poolId: 'pol_01k9y2v7wq8m3n5r7t9x1z3b5s',
  parkId: consortium.parkId,
  problems: ['pb.defect-inspection'],
  size: 4,
  joined: 2,
}
const round = {
  roundId: 'rnd_01k9y2v7wq8m3n5r7t9x1z3b5m',
  parkId: consortium.parkId,
  title: '三季度机器视觉对接会',
  deadlineAt: '2026-08-31T10:00:00.000Z',
}
const reserved = {
  reservationId: 'rsv_01k9y2v7wq8m3n5r7t9x1z3b5n',
  resourceId: 'res_01k9y2v7wq8m3n5r7t9x1z3b5p',
  parkId: consortium.parkId,
  fromDay: '2026-09-01',
  untilDay: '2026-09-05',
}

export const TEAM_CATALOG = {
  'consortium.wanted': entry(
    z.object({ scenarioId: z.string() }),
    'Nobody alone serves a scenario: a team is looked for',
    '单家无法满足的场景，开始组队',
  ),
  'consortium.requested': entry(
    z.object({ consortiumId: z.string() }),
    'A team is to be put together, or put together anew',
    '需要组建或重组联合体',
  ),
  'consortium.doubted': entry(
    z.object({ exclusionId: z.string() }),
    'Proposals are to be put together anew without a pair',
    '需要重组涉及不匹配名单的方案',
  ),
  'consortium.proposed': entry(Proposed, 'A team for a scenario was worked out', '已为场景算出联合体方案', {
    ...consortium,
    members: 4,
    method: 'exact',
    gap: 0,
    uncovered: [],
  }),
  'consortium.invited': entry(Invited, 'You are invited to a consortium', '您受邀加入联合体', {
    ...consortium,
    organisationId: 'org_01k9y2v7wq8m3n5r7t9x1z3b5q',
    role: 'institute',
    facets: ['rs.labelbase'],
    deadlineAt: '2026-08-31T10:00:00.000Z',
  }),
  'consortium.member_changed': entry(MemberMoved, 'A member accepted, declined or left', '有成员接受、谢绝或退出', {
    ...consortium,
    role: 'vendor',
    to: 'accepted',
  }),
  'consortium.charter_proposed': entry(Chartered, 'A version of the charter awaits votes', '章程新版本等待表决', {
    ...consortium,
    version: 1,
  }),
  'consortium.formed': entry(Chartered, 'All members adopted the charter', '全体成员通过章程，联合体成立', {
    ...consortium,
    version: 1,
  }),
  'consortium.ended': entry(
    Ended,
    'A consortium was completed, dissolved, or ran out of time',
    '联合体完成、解散或超期',
    {
      ...consortium,
      state: 'completed',
    },
  ),
  'consortium.challenge_opened': entry(Consortium, 'A challenge takes answers', '企业出题，等待院所答题', consortium),
  'consortium.answered': entry(Answered, 'A challenge was answered', '有单位答题', {
    ...consortium,
    answerId: 'ans_01k9y2v7wq8m3n5r7t9x1z3b5r',
  }),
  'consortium.answer_reviewed': entry(Reviewed, 'Your answer was reviewed', '您的答题已评审', {
    ...consortium,
    answerId: 'ans_01k9y2v7wq8m3n5r7t9x1z3b5r',
    score: 8_200,
    isSelected: true,
  }),
  'consortium.pool_proposed': entry(
    PoolAsked,
    'Your scenario could be served together with others',
    '您的场景可与同类需求合并',
    {
      poolId: pool.poolId,
      parkId: consortium.parkId,
      scenarioId: consortium.scenarioId,
      problems: ['pb.defect-inspection'],
      size: 4,
      deadlineAt: '2026-08-31T10:00:00.000Z',
    },
  ),
  'consortium.pool_moved': entry(
    z.object({ poolId: z.string() }),
    'Something in a pool moved and is to be settled',
    '需求池有变动，待结算',
  ),
  'consortium.pool_called': entry(
    z.object({ poolId: z.string() }),
    'A pool is to go on with those who have joined',
    '需求池不再等待，按已加入企业推进',
  ),
  'consortium.pool_opened': entry(
    PoolMoved,
    'Enough have joined a pool: its members may read who they are',
    '加入的企业已够，成员可互相知晓',
    pool,
  ),
  'consortium.pool_changed': entry(
    PoolMoved,
    'Members, the cost or what is unlocked changed in a pool that you joined',
    '您加入的需求池有变化（成员、费用或可解锁的数据）',
    pool,
  ),
  'consortium.pool_formed': entry(PoolFormed, 'A pool became a consortium', '需求池已转为联合体', {
    ...pool,
    consortiumId: consortium.consortiumId,
  }),
  'consortium.pool_ended': entry(
    PoolEnded,
    'A pool ended: too few joined in time, or the park gave it up',
    '需求池已终止：按期加入的企业不足，或由园区终止',
    { ...pool, joined: 1, state: 'lapsed' },
  ),
  'round.opened': entry(Round, 'A round that you take part in was opened', '您参加的对接会已开启', round),
  'round.published': entry(
    RoundDone,
    'The result of a round was published with its proof',
    '对接会结果已公布并附证明',
    {
      ...round,
      pairs: 42,
      blocking: 0,
      broken: 0,
    },
  ),
  'round.paired': entry(Paired, 'A round brought a pair together', '对接会促成一对', {
    roundId: round.roundId,
    parkId: round.parkId,
    matchId: 'mat_01k9y2v7wq8m3n5r7t9x1z3b5d',
    scenarioId: consortium.scenarioId,
    capabilityId: 'cap_01k9y2v7wq8m3n5r7t9x1z3b5f',
  }),
  'resource.reserved': entry(Reserved, 'Part of a resource was reserved', '资源已被预订', reserved),
  'resource.released': entry(Reserved, 'A reservation was returned or cancelled', '资源预订已归还或取消', reserved),
  'resource.granted': entry(Granted, 'Support was granted under funding rules', '已按政策核定支持金额', {
    grantId: 'fgr_01k9y2v7wq8m3n5r7t9x1z3b5t',
    parkId: consortium.parkId,
    totalYuan: 480_000,
  }),
}
