import type { Bilingual, Tier } from '../../engine/types.ts'
import type { MatchState } from '../../matching/rules.ts'

type Named<Code extends string> = Record<Code, Bilingual>

/** What comes next in each state, for both sides. */
const nextStep: Named<MatchState> = {
  proposed: {
    zh: '双方各自表示有意向或婉拒；到期无人处理则过期。',
    en: 'Each side shows interest or declines; left alone it expires.',
  },
  interest: {
    zh: '另一方表示有意向后，双方公开共享层信息。',
    en: 'Once the other side is interested too, both see the shared tier.',
  },
  mutual: {
    zh: '双方同意引荐后，公开密封层信息和联系人。',
    en: 'Once both accept the introduction, the sealed tier and the contacts open.',
  },
  introduced: { zh: '双方商定试点，任一方记录试点开始。', en: 'Agree on a pilot; either side records its start.' },
  pilot: { zh: '填报试点成效，商定后记录签约。', en: 'Report what the pilot brought, then record the contract.' },
  contracted: {
    zh: '交付上线后记录落地，并确认成效。',
    en: 'Record the landing once it runs, and confirm the outcomes.',
  },
  landed: { zh: '推广到更多产线或工厂后记录推广。', en: 'Record the scaling once more lines or plants use it.' },
  scaled: { zh: '已完成全部阶段。', en: 'Every stage is done.' },
  declined: { zh: '已结束，理由对方已获知。', en: 'Over; the other side was told why.' },
  withdrawn: { zh: '已撤回。', en: 'Withdrawn.' },
  expired: { zh: '已过期；仍可重新表示有意向。', en: 'Expired; interest may still be shown anew.' },
  retracted: { zh: '评分变化后撤下；条件恢复会重新推荐。', en: 'Retracted by a new score; it may return.' },
}

const tier: Named<Tier> = {
  public: { zh: '公开层', en: 'Public' },
  shared: { zh: '共享层', en: 'Shared' },
  sealed: { zh: '密封层', en: 'Sealed' },
}

const tierOpens: Named<Tier> = {
  public: { zh: '始终', en: 'always' },
  shared: { zh: '双方均有意向', en: 'both are interested' },
  sealed: { zh: '双方同意引荐', en: 'both accepted the introduction' },
}

/** Fields of outcomes as their form names them. */
const outcomeField: Named<
  'kpi' | 'unit' | 'baseline' | 'target' | 'actual' | 'evidence' | 'evidenceUrl' | 'measuredOn'
> = {
  kpi: { zh: '指标', en: 'What was measured' },
  unit: { zh: '单位', en: 'Unit' },
  baseline: { zh: '之前的值', en: 'Before' },
  target: { zh: '目标值（可不填）', en: 'Hoped for (may be empty)' },
  actual: { zh: '实际值', en: 'Reached' },
  evidence: { zh: '如何测得', en: 'How it was measured' },
  evidenceUrl: { zh: '佐证链接（https，可不填）', en: 'Where to read it (https, may be empty)' },
  measuredOn: { zh: '测量日期', en: 'Measured on' },
}

export const DEALING_NAMES = { nextStep, tier, tierOpens, outcomeField }
