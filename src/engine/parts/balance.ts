/** One reason for or against, 0 to 1. Reasons of a kind add up without ever passing 1. */
export type Reason = { strength: number }

/**
 * Value of a part from its reasons: `neutral` where nothing is known; reasons for it lift the value towards 1, reasons
 * against it press it towards 0, each by 1 - Π(1 - strength). Taking a reason for it away never raises the value.
 */
export function balance(neutral: number, gains: readonly Reason[], losses: readonly Reason[]): number {
  return neutral + (1 - neutral) * accumulate(gains) - neutral * accumulate(losses)
}

function accumulate(reasons: readonly Reason[]): number {
  let left = 1
  for (const { strength } of reasons) left *= 1 - strength
  return 1 - left
}
