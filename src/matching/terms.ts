import { currentTermsVersion } from '../parks/terms.ts'
import type { Tx } from '../platform/db.ts'
import { invalid, type Problem, ProblemError } from '../platform/errors.ts'
import type { MatchAction } from './rules.ts'

/** The moves by which a party opens the next tier to the other one. */
export const DISCLOSING_ACTIONS: readonly MatchAction[] = ['express_interest', 'accept_introduction']

const termsChanged: Problem = {
  status: 409,
  type: 'terms_changed',
  title: {
    zh: '保密条款已更新，请阅读新版本后重试',
    en: 'The terms have changed: read the present version and try again',
  },
}

/**
 * Which version of the park's confidentiality terms a move accepts: kept with the move itself, with who made it and when.
 * @returns nothing where the park has no terms, or the move discloses nothing
 * @throws 422 where the version is missing, 409 terms_changed where it is not the one in force
 */
export const acceptTerms = async (
  tx: Tx,
  parkId: string,
  move: { action: MatchAction; termsVersion?: number | undefined },
): Promise<number | null> => {
  if (!DISCLOSING_ACTIONS.includes(move.action)) return null
  const current = await currentTermsVersion(tx, parkId)
  if (current === undefined) return null
  const detail = {
    zh: `须先接受园区保密条款第 ${current} 版（termsVersion）`,
    en: `Accept version ${current} of the park's terms first (termsVersion)`,
  }
  if (move.termsVersion === undefined) throw invalid([{ pointer: '/termsVersion', code: 'required', detail }])
  if (move.termsVersion !== current) throw new ProblemError(termsChanged, { detail })
  return current
}
