import { z } from 'zod'
import { entry } from './entry.ts'

const ErasureKind = z.enum(['person', 'organisation'])
const ErasureAsked = z.object({
  erasureId: z.string(),
  kind: ErasureKind,
  dueAt: z.iso.datetime().describe('When it begins, unless it is cancelled'),
})
const ErasureDone = z.object({
  erasureId: z.string(),
  kind: ErasureKind,
  hash: z.string().describe('Of the certificate'),
})
const ParkAccess = z.object({ scenarioId: z.string(), parkId: z.string() })
const access = { scenarioId: 'scn_01k9y2v7wq8m3n5r7t9x1z3b5e', parkId: 'prk_01k9y2v7wq8m3n5r7t9x1z3b5g' }
const ExclusionChanged = z.object({ exclusionId: z.string() })

/** Events of erasure, of what an owner opens beyond the tiers, and of lists that nobody but their owner knows. */
export const PRIVACY_CATALOG = {
  'erasure.requested': entry(ErasureAsked, 'The erasure of an organisation was asked for', '已申请删除单位数据', {
    erasureId: 'era_01k9y2v7wq8m3n5r7t9x1z3b5k',
    kind: 'organisation',
    dueAt: '2026-12-01T08:00:00.000Z',
  }),
  'erasure.cancelled': entry(ErasureAsked, 'An erasure was cancelled while it waited', '删除申请已撤回', {
    erasureId: 'era_01k9y2v7wq8m3n5r7t9x1z3b5k',
    kind: 'organisation',
    dueAt: '2026-12-01T08:00:00.000Z',
  }),
  'erasure.completed': entry(ErasureDone, 'An erasure was completed and certified', '删除已完成并出具证明', {
    erasureId: 'era_01k9y2v7wq8m3n5r7t9x1z3b5k',
    kind: 'organisation',
    hash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  }),
  'scenario.sealed_granted': entry(
    ParkAccess,
    'The owner opened the sealed tier of a scenario to the park',
    '场景方向园区开放密封层',
    access,
  ),
  'scenario.sealed_revoked': entry(
    ParkAccess,
    'The owner closed the sealed tier of a scenario to the park',
    '场景方收回园区对密封层的查看权',
    access,
  ),
  // To nobody: that somebody is listed is known to the lister alone.
  'exclusion.changed': entry(ExclusionChanged, 'A do-not-match list changed', '不匹配名单有变动'),
}
