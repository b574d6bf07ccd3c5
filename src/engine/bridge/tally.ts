/** Outcomes by factory: each has one vote, the mean of its own, however many matches it had. */
export type Tally = { votes: Map<string, { positives: number; outcomes: number }> }

export function createTally(): Tally {
  return { votes: new Map() }
}

export function addVote({ votes }: Tally, factoryId: string, positive: boolean): void {
  const vote = votes.get(factoryId) ?? { positives: 0, outcomes: 0 }
  vote.outcomes++
  if (positive) vote.positives++
  votes.set(factoryId, vote)
}
