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
export class ReasonList implements Scales {
  readonly gains: Reason[] = []

  gain(strength: number, scenario: string, capability: string, concept?: string): void {
    this.gains.push(
      concept === undefined ? { strength, scenario, capability } : { strength, scenario, capability, concept },
    )
  }

  lose(): void {
    // What speaks against a pair is in its value; evidence shows what speaks for it.
  }
}

/**
 * Scales that keep the value alone: `neutral` where nothing is known; reasons for it lift the value towards 1, reasons
 * against it press it towards 0, each by 1 - Π(1 - strength). Reasons of a kind add up without ever passing 1, and taking
 * a reason for it away never raises the value.
 */
export class Balance implements Scales {
  #ungained = 1
  #unlost = 1

  reset(): void {
    this.#ungained = 1
    this.#unlost = 1
  }

  gain(strength: number): void {
    this.#ungained *= 1 - strength
  }

  lose(strength: number): void {
    this.#unlost *= 1 - strength
  }

  value(neutral: number): number {
    return neutral + (1 - neutral) * (1 - this.#ungained) - neutral * (1 - this.#unlost)
  }
}
