/** States of a pool; the diagram stands in docs/state-machines.md. */
export const POOL_STATES = ['proposed', 'open', 'formed', 'lapsed', 'dissolved'] as const
export type PoolState = (typeof POOL_STATES)[number]

export const POOL_MEMBER_STATES = ['proposed', 'joined', 'declined', 'left'] as const
export type PoolMemberState = (typeof POOL_MEMBER_STATES)[number]

/** Whether the cost can be shared: no quote yet, somebody has not said what it would pay alone, it is dearer, or it is. */
export const POOL_SHARINGS = ['unquoted', 'incomplete', 'dearer', 'shared'] as const
export type PoolSharing = (typeof POOL_SHARINGS)[number]

export const POOL_ACTIONS = ['join', 'decline', 'leave'] as const
export type PoolAction = (typeof POOL_ACTIONS)[number]

const MEMBER_STEPS: Record<PoolAction, { from: readonly PoolMemberState[]; to: PoolMemberState }> = {
  // Whoever declined may think better of it while the pool lives.
  join: { from: ['proposed', 'declined', 'left'], to: 'joined' },
  decline: { from: ['proposed'], to: 'declined' },
  leave: { from: ['joined'], to: 'left' },
}

/** A member's state after its action, or undefined where the present one does not allow it. */
export const stepPoolMember = (state: PoolMemberState, action: PoolAction): PoolMemberState | undefined =>
  MEMBER_STEPS[action].from.includes(state) ? MEMBER_STEPS[action].to : undefined

export const isLive = (state: PoolState): boolean => state === 'proposed' || state === 'open'

export type PoolFacts = {
  state: PoolState
  membersMin: number
  members: readonly { organisationId: string; state: PoolMemberState }[]
  /** Somebody wants no longer to wait. */
  isCalled: boolean
  isOver: boolean
}

/**
 * Where a pool stands now that its members are as they are. It opens when enough have joined; it forms when nobody is
 * left to answer, somebody calls it, or its time is over; it lapses when enough can no longer come together.
 */
export const settlePoolState = (facts: PoolFacts): PoolState => {
  if (!isLive(facts.state)) return facts.state
  const count = (states: readonly PoolMemberState[]) =>
    new Set(facts.members.filter(({ state }) => states.includes(state)).map(({ organisationId }) => organisationId))
      .size
  const isEnough = count(['joined']) >= facts.membersMin
  const isWaiting = !facts.isOver && facts.members.some(({ state }) => state === 'proposed')
  if (isEnough) return isWaiting && !facts.isCalled ? 'open' : 'formed'
  return isWaiting && count(['joined', 'proposed']) >= facts.membersMin ? 'proposed' : 'lapsed'
}
