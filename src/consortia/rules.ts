import type { OrganisationKind } from '../platform/actor.ts'
import type { Bilingual } from '../engine/types.ts'

/** States of a consortium; the diagram stands in docs/state-machines.md. */
export const CONSORTIUM_STATES = [
  'assembling',
  'proposed',
  'forming',
  'formed',
  'completed',
  'dissolved',
  'expired',
] as const
export type ConsortiumState = (typeof CONSORTIUM_STATES)[number]

export const MEMBER_STATES = ['invited', 'accepted', 'declined', 'left'] as const
export type MemberState = (typeof MEMBER_STATES)[number]

export const MEMBER_ROLES = ['vendor', 'manufacturer', 'institute', 'provider', 'government'] as const
export type MemberRole = (typeof MEMBER_ROLES)[number]

export const CONSORTIUM_ACTIONS = ['propose', 'invite', 'adopt', 'reopen', 'complete', 'dissolve', 'expire'] as const
export type ConsortiumAction = (typeof CONSORTIUM_ACTIONS)[number]

const STEPS: Record<ConsortiumAction, { from: readonly ConsortiumState[]; to: ConsortiumState }> = {
  propose: { from: ['assembling', 'proposed'], to: 'proposed' },
  invite: { from: ['proposed', 'forming'], to: 'forming' },
  adopt: { from: ['forming'], to: 'formed' },
  // A member that leaves takes its facets with it: the others look for another and adopt a charter anew.
  reopen: { from: ['forming', 'formed'], to: 'forming' },
  complete: { from: ['formed'], to: 'completed' },
  dissolve: { from: ['assembling', 'proposed', 'forming', 'formed'], to: 'dissolved' },
  expire: { from: ['proposed', 'forming'], to: 'expired' },
}

/** The state after an action, or undefined where the present one does not allow it. */
export const stepConsortium = (state: ConsortiumState, action: ConsortiumAction): ConsortiumState | undefined =>
  STEPS[action].from.includes(state) ? STEPS[action].to : undefined

/** As what an organisation of a kind is a member; parks and operators are none. */
export const roleOf = (kind: OrganisationKind): MemberRole | undefined => MEMBER_ROLES.find(role => role === kind)

export type MemberFacts = { organisationId: string; role: MemberRole; state: MemberState; facets: readonly string[] }

/** What stands between a charter and its adoption: nobody is still asked, at least two are in, everybody said yes. */
export const findObstacles = (
  members: readonly MemberFacts[],
  votes: readonly { organisationId: string; approves: boolean }[],
): Bilingual[] => {
  const accepted = members.filter(({ state }) => state === 'accepted')
  const invited = members.filter(({ state }) => state === 'invited')
  const missing = accepted.filter(
    ({ organisationId }) => !votes.some(vote => vote.organisationId === organisationId && vote.approves),
  )
  return [
    ...(accepted.length < 2 ? [{ zh: '至少需要两名成员', en: 'At least two members are needed' }] : []),
    ...(invited.length > 0
      ? [{ zh: `${invited.length} 家尚未答复邀请`, en: `${invited.length} have not answered their invitation` }]
      : []),
    ...(missing.length > 0
      ? [{ zh: `${missing.length} 家尚未同意章程`, en: `${missing.length} have not agreed to the charter` }]
      : []),
  ]
}

const WHOLE = 10_000
/** What is wrong with a charter's shares: each member stands there once, and costs and results are shared out whole. */
export const findShareFaults = (
  accepted: readonly string[],
  shares: readonly { organisationId: string; cost: number; result: number }[],
): Bilingual[] => {
  const named = shares.map(({ organisationId }) => organisationId)
  const isSame = named.length === accepted.length && accepted.every(id => named.includes(id))
  const sum = (pick: 'cost' | 'result') => shares.reduce((total, share) => total + share[pick], 0)
  return [
    ...(isSame
      ? []
      : [{ zh: '份额必须逐一列出全部已加入的成员', en: 'The shares must name each accepted member once' }]),
    ...(sum('cost') === WHOLE
      ? []
      : [{ zh: '费用份额合计须为 10000', en: 'The shares of the cost must add up to 10,000' }]),
    ...(sum('result') === WHOLE
      ? []
      : [{ zh: '成果份额合计须为 10000', en: 'The shares of the results must add up to 10,000' }]),
  ]
}
