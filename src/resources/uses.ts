import type { Bilingual } from '../engine/types.ts'

/** What a park counts its means by: the kinds of resource, `rs.*` of the lexicon, that serve one use. */
export const KINDS_OF_USE = {
  funds: ['rs.capital', 'rs.fund', 'rs.subsidy', 'rs.loan'],
  vouchers: ['rs.compute-voucher', 'rs.training-voucher', 'rs.model-voucher', 'rs.corpus-voucher'],
  compute: ['rs.compute', 'rs.computecenter', 'rs.dispatch', 'rs.modelcenter'],
  sites: ['rs.pilotbase', 'rs.traininground', 'rs.testing', 'rs.innovcenter', 'rs.space'],
} as const

export type ResourceUse = keyof typeof KINDS_OF_USE
export const RESOURCE_USES = Object.keys(KINDS_OF_USE) as ResourceUse[]

export const USE_NAMES: Record<ResourceUse, Bilingual> = {
  funds: { zh: '资金', en: 'funds' },
  vouchers: { zh: '券', en: 'vouchers' },
  compute: { zh: '算力', en: 'compute' },
  sites: { zh: '测试与中试场地', en: 'test sites' },
}
