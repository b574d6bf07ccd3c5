import type { Bilingual } from '../engine/types.ts'
import type { Stage } from '../parks/stages.ts'
import type { Reader } from './tables.ts'

/** States of a match; the diagram stands in docs/state-machines.md. */
export const MATCH_STATES = [
  'proposed',
  'interest',
  'mutual',
  'introduced',
  'pilot',
  'contracted',
  'landed',
  'scaled',
  'declined',
  'withdrawn',
  'expired',
  'retracted',
] as const
export type MatchState = (typeof MATCH_STATES)[number]

/** The way from a proposal to what is spread, in its order: `reached` counts places on it. */
export const LADDER_STATES = MATCH_STATES.slice(0, 8)

export const STATE_NAMES: Record<MatchState, Bilingual> = {
  proposed: { zh: '已推荐', en: 'proposed' },
  interest: { zh: '一方有意向', en: 'interest of one side' },
  mutual: { zh: '双方有意向', en: 'interest of both' },
  introduced: { zh: '已引荐', en: 'introduced' },
  pilot: { zh: '试点中', en: 'pilot' },
  contracted: { zh: '已签约', en: 'contracted' },
  landed: { zh: '已落地', en: 'landed' },
  scaled: { zh: '已推广', en: 'scaled' },
  declined: { zh: '已婉拒', en: 'declined' },
  withdrawn: { zh: '已撤回', en: 'withdrawn' },
  expired: { zh: '已过期', en: 'expired' },
  retracted: { zh: '已撤下', en: 'retracted' },
}

export const DECLINE_REASONS = [
  'too_early',
  'benefit_unclear',
  'commercial_route_unclear',
  'description_unclear',
  'data',
  'budget',
  'timing',
  'competitor',
  'compliance',
  'other',
] as const
export type DeclineReason = (typeof DECLINE_REASONS)[number]

/** What people do. */
export const MATCH_ACTIONS = [
  'express_interest',
  'accept_introduction',
  'start_pilot',
  'contract',
  'land',
  'scale',
  'hold',
  'decline',
  'withdraw',
] as const
export type MatchAction = (typeof MATCH_ACTIONS)[number]

/** What the platform does: a ranking retracts and returns, the sweep expires. */
export const PLATFORM_ACTIONS = ['retract', 'return', 'expire'] as const
export type PlatformAction = (typeof PLATFORM_ACTIONS)[number]

/** Who acts on a match: a side of it, or the platform itself. */
export type Side = Reader | 'platform'

/** What the rules need to know of a match: its state and who has said yes to what. */
export type MatchFacts = {
  state: MatchState
  factoryInterested: boolean
  vendorInterested: boolean
  factoryAccepted: boolean
  vendorAccepted: boolean
}

/** `held` leaves the state as it is and puts its deadline off. */
export type Move =
  | { kind: 'moved'; facts: MatchFacts }
  | { kind: 'held' }
  | { kind: 'unchanged' }
  | { kind: 'refused'; because: Bilingual }

const OPEN: ReadonlySet<MatchState> = new Set<Stage>([
  'proposed',
  'interest',
  'mutual',
  'introduced',
  'pilot',
  'contracted',
])
const LADDER: Partial<Record<MatchAction, { from: MatchState; to: MatchState }>> = {
  start_pilot: { from: 'introduced', to: 'pilot' },
  contract: { from: 'pilot', to: 'contracted' },
  land: { from: 'contracted', to: 'landed' },
  scale: { from: 'landed', to: 'scaled' },
}

/** Whether people have touched the match: from then on a re-score updates it and never ends it. */
export const isTouched = (state: MatchState): boolean => state !== 'proposed' && state !== 'retracted'

/** Whether somebody is expected to act: only these states have a deadline. */
export const isOpen = (state: MatchState): state is Stage => OPEN.has(state)

/** What a ranking that holds the pair makes of its state, and one that does not. */
export const stateWhenListed = (state: MatchState): MatchState => (state === 'retracted' ? 'proposed' : state)
export const stateWhenDropped = (state: MatchState): MatchState => (isTouched(state) ? state : 'retracted')

/** Who has to act next. */
export const waitingFor = (facts: MatchFacts): Reader[] => {
  if (!isOpen(facts.state)) return []
  const missing = (factory: boolean, vendor: boolean): Reader[] => [
    ...(factory ? [] : (['factory'] as const)),
    ...(vendor ? [] : (['vendor'] as const)),
  ]
  if (facts.state === 'proposed' || facts.state === 'interest')
    return missing(facts.factoryInterested, facts.vendorInterested)
  if (facts.state === 'mutual') return missing(facts.factoryAccepted, facts.vendorAccepted)
  return ['factory', 'vendor']
}

/**
 * What an action by one side does. Pure: the same facts, action and side always give the same move. Doing again what
 * is done already is `unchanged`, so that a repeated request is harmless.
 */
export const decide = (facts: MatchFacts, action: MatchAction | PlatformAction, side: Side): Move => {
  if (action === 'retract' || action === 'return' || action === 'expire') return runByItself(facts, action, side)
  if (side === 'platform') return refused('平台不能代替各方推进对接', 'The platform does not act for the parties')
  if (action === 'decline') return end(facts, 'declined', side)
  if (action === 'withdraw') return end(facts, 'withdrawn', side)
  if (action === 'express_interest') return expressInterest(facts, side)
  if (action === 'accept_introduction') return acceptIntroduction(facts, side)
  if (action === 'hold') return isOpen(facts.state) ? { kind: 'held' } : refusedFrom(facts.state)
  return climb(facts, action)
}

const runByItself = (facts: MatchFacts, action: PlatformAction, side: Side): Move => {
  if (side !== 'platform') return refused('该操作只由平台执行', 'Only the platform does this')
  if (action === 'expire' && !isOpen(facts.state)) return { kind: 'unchanged' }
  const to = {
    retract: stateWhenDropped(facts.state),
    return: stateWhenListed(facts.state),
    expire: 'expired' as const,
  }
  const state = to[action]
  return state === facts.state ? { kind: 'unchanged' } : moved({ ...facts, state })
}

/** A pair that expired before both had said yes may be taken up again: late interest is better than none. */
const mayInterest = (facts: MatchFacts): boolean =>
  facts.state === 'proposed' ||
  facts.state === 'interest' ||
  (facts.state === 'expired' && !(facts.factoryInterested && facts.vendorInterested))

const expressInterest = (facts: MatchFacts, side: Reader): Move => {
  if (side === 'park') return refused('只有供需双方可以表达意向', 'Only the factory and the vendor express interest')
  const mine = side === 'factory' ? facts.factoryInterested : facts.vendorInterested
  if (mine && facts.state !== 'expired') return { kind: 'unchanged' }
  if (!mayInterest(facts)) return refusedFrom(facts.state)
  const next = {
    ...facts,
    factoryInterested: facts.factoryInterested || side === 'factory',
    vendorInterested: facts.vendorInterested || side === 'vendor',
  }
  return moved({ ...next, state: next.factoryInterested && next.vendorInterested ? 'mutual' : 'interest' })
}

const acceptIntroduction = (facts: MatchFacts, side: Reader): Move => {
  if (side === 'park')
    return refused('只有供需双方可以同意引荐', 'Only the factory and the vendor accept an introduction')
  const mine = side === 'factory' ? facts.factoryAccepted : facts.vendorAccepted
  if (mine) return { kind: 'unchanged' }
  if (facts.state !== 'mutual') return refusedFrom(facts.state)
  const next = {
    ...facts,
    factoryAccepted: facts.factoryAccepted || side === 'factory',
    vendorAccepted: facts.vendorAccepted || side === 'vendor',
  }
  return moved({ ...next, state: next.factoryAccepted && next.vendorAccepted ? 'introduced' : 'mutual' })
}

const climb = (facts: MatchFacts, action: MatchAction): Move => {
  const step = LADDER[action]
  if (!step) return refused(`不认识的操作：${action}`, `Unknown action: ${action}`)
  if (facts.state === step.to) return { kind: 'unchanged' }
  return facts.state === step.from ? moved({ ...facts, state: step.to }) : refusedFrom(facts.state)
}

const end = (facts: MatchFacts, state: 'declined' | 'withdrawn', side: Reader): Move => {
  if (side === 'park') return refused('只有供需双方可以结束对接', 'Only the factory and the vendor end a match')
  if (facts.state === state) return { kind: 'unchanged' }
  return isOpen(facts.state) ? moved({ ...facts, state }) : refusedFrom(facts.state)
}

const moved = (facts: MatchFacts): Move => ({ kind: 'moved', facts })
const refused = (zh: string, en: string): Move => ({ kind: 'refused', because: { zh, en } })
const refusedFrom = (state: MatchState): Move =>
  refused(`当前状态为“${STATE_NAMES[state].zh}”（${state}），不能执行该操作`, `Not possible in the state ${state}`)
