import type { Bilingual } from '../../engine/types.ts'
import type { FocusTier } from '../../parks/focus.ts'
import type { ScenarioState } from '../../scenarios/tables.ts'
import type { TargetMetric } from '../../parks/targets.ts'

export const SCENARIO_NAMES: Record<Exclude<ScenarioState, 'draft'>, Bilingual> = {
  submitted: { zh: '待审核', en: 'submitted' },
  returned: { zh: '已退回', en: 'returned' },
  published: { zh: '发布中', en: 'published' },
  withdrawn: { zh: '已撤回', en: 'withdrawn' },
  expired: { zh: '已到期', en: 'expired' },
}
export const METRIC_NAMES: Record<TargetMetric, Bilingual> = {
  scenarios_published: { zh: '发布场景数', en: 'scenarios published' },
  scenarios_matched: { zh: '匹配场景数', en: 'scenarios matched' },
  scenarios_landed: { zh: '落地场景数', en: 'scenarios landed' },
  matches_introduced: { zh: '引荐次数', en: 'introductions' },
  vendors_joined: { zh: '新入园供方', en: 'vendors joined' },
  manufacturers_joined: { zh: '新入园工厂', en: 'manufacturers joined' },
  vendors_landed: { zh: '有落地的供方', en: 'vendors landed' },
  manufacturers_landed: { zh: '有落地的工厂', en: 'manufacturers landed' },
  outcomes_confirmed: { zh: '已确认成效', en: 'outcomes confirmed' },
}
export const STATUS_NAMES: Record<'reached' | 'on_track' | 'behind', Bilingual> = {
  reached: { zh: '已达成', en: 'reached' },
  on_track: { zh: '进度正常', en: 'on track' },
  behind: { zh: '落后', en: 'behind' },
}
export const OUTCOME_NAMES: Record<'reported' | 'confirmed' | 'disputed', Bilingual> = {
  reported: { zh: '待确认', en: 'reported' },
  confirmed: { zh: '已确认', en: 'confirmed' },
  disputed: { zh: '有异议', en: 'disputed' },
}
export const SIDE_NAMES: Record<'factory' | 'vendor', Bilingual> = {
  factory: { zh: '工厂', en: 'factory' },
  vendor: { zh: '供方', en: 'vendor' },
}
export const TIER_NAMES: Record<FocusTier, Bilingual> = {
  leading: { zh: '主导产业', en: 'leading' },
  pillar: { zh: '支柱产业', en: 'pillar' },
  emerging: { zh: '新兴产业', en: 'emerging' },
}
