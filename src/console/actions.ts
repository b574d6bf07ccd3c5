import { decide, MATCH_ACTIONS, type MatchAction, type MatchFacts } from '../matching/rules.ts'
import type { Reader } from '../matching/tables.ts'

/** What this reader may do now, by the rule that will judge it when he does. */
export const listActions = (facts: MatchFacts, side: Reader): MatchAction[] =>
  MATCH_ACTIONS.filter(action => {
    const { kind } = decide(facts, action, side)
    return kind === 'moved' || kind === 'held'
  })
