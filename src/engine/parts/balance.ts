/** A reason for a pair, with the fields of both sides that it stands on (JSON pointers) and what joins them. */
export type Reason = { strength: number; scenario: string; capability: string; concept?: string }

/**
 * What the reasons of a part are laid upon. Ranking weighs a part for thousands of pairs and needs its value alone, an
 * explanation also wants to know the reasons: each has scales of its own, the rules stand once.
 */
export type Scales = {
  /** Strengths are 0 to 1. */
  gain(strength: number, scenario: string, capability: string, concept?: string): void
  lose(strength: number, scenario: string, capability: string): void
}

/** Scales that keep the reasons for a pair, in the order in which they came. */
export function createReasonList(): Scales & { gains: Reason[] } {
  const gains: Reason[] = []
  return {
    gains,
    gain: (strength, scenario, capability, concept) => {
      gains.push(
        concept === undefined ? { strength, scenario, capability } : { strength, scenario, capability, concept },
      )
    },
    lose: () => undefined,
  }
}

/**
 * Scales that keep the value alone: `neutral` where nothing is known; reasons for it lift the value towards 1, reasons
 * against it press it towards 0, each by 1 - Π(1 - strength). Reasons of a kind add up without ever passing 1, and taking
 * a reason for it away never raises the value.
 */
export function createBalance(): Scales & { reset(): void; value(neutral: number): number } {
  let ungained = 1
  let unlost = 1
  return {
    reset: () => {
      ungained = 1
      unlost = 1
    },
    gain: strength => {
      ungained *= 1 - strength
    },
    lose: strength => {
      unlost *= 1 - strength
    },
    value: neutral => neutral + (1 - neutral) * (1 - ungained) - neutral * (1 - unlost),
  }
}
