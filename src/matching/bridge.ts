import { and, desc, eq } from 'drizzle-orm'
import { judgeComparison } from '../engine/bridge/compare.ts'
import { learnBridge, type Learned, OUTCOMES_MIN } from '../engine/bridge/learn.ts'
import type { BridgeModel } from '../engine/bridge/model.ts'
import type { Dictionary } from '../engine/lexical/dictionary.ts'
import { transaction, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { newId } from '../platform/ids.ts'
import { loadOutcomes, type MatchOutcome } from './outcomes.ts'
import { type BridgeEvidence, bridgeModels } from './tables.ts'
import { compareBridges, type GoldenSet } from './trial.ts'

export type StoredBridge = typeof bridgeModels.$inferSelect
type BridgeDeps = Pick<Deps, 'db' | 'clock' | 'random' | 'lexicon'>

const WORKER = { kind: 'worker' } as const

export type LearnResult =
  | { kind: 'tooFew'; outcomes: number; needed: number }
  /** The content is that of a model already stored, whatever its state: nothing new was learned. */
  | { kind: 'known'; bridge: StoredBridge }
  | { kind: 'learned'; bridge: StoredBridge }

/** Learns a model from the outcomes so far and keeps it as a candidate, which changes no score. */
export const learnCandidate = async (deps: BridgeDeps): Promise<LearnResult> => {
  const { outcomes } = await loadOutcomes(deps)
  const learned = learnBridge(deps.lexicon, outcomes)
  if (!learned) return { kind: 'tooFew', outcomes: outcomes.length, needed: OUTCOMES_MIN }
  return transaction(deps, WORKER, async tx => {
    const [known] = await tx.select().from(bridgeModels).where(eq(bridgeModels.version, learned.model.version))
    if (known) return { kind: 'known', bridge: known }
    const row = {
      id: newId(deps, 'bridgeModel'),
      version: learned.model.version,
      state: 'candidate' as const,
      model: learned.model,
      evidence: countEvidence(learned),
      createdAt: deps.clock.now(),
    }
    await tx.insert(bridgeModels).values(row)
    return { kind: 'learned', bridge: { ...row, measures: null, promotedAt: null, retiredAt: null } }
  })
}

const countEvidence = ({ earlier }: Learned<MatchOutcome>): BridgeEvidence => ({
  outcomes: earlier.length,
  positives: earlier.filter(outcome => outcome.positive).length,
  factories: new Set(earlier.map(outcome => outcome.factoryId)).size,
  vendors: new Set(earlier.map(outcome => outcome.vendorId)).size,
  learnedUntil: earlier.at(-1)?.at ?? '',
})

export type PromoteResult =
  | { kind: 'notACandidate' }
  | { kind: 'refused'; because: string; bridge: StoredBridge }
  | { kind: 'promoted'; bridge: StoredBridge }

/**
 * Compares a candidate with the current model on what came after it had learned and on the golden rankings, keeps the
 * figures, and makes it current where neither falls. `dictionary` is the one that the workers use. Workers take it up when they start next.
 */
export const promoteCandidate = async (
  deps: BridgeDeps & { dictionary?: Dictionary | undefined },
  version: string,
  golden: GoldenSet,
): Promise<PromoteResult> => {
  const [found] = await transaction(deps, WORKER, tx => lockCandidate(tx, version))
  if (!found) return { kind: 'notACandidate' }
  const current = await readCurrentBridge(deps)
  const known = await loadOutcomes(deps)
  const later = known.outcomes.filter(({ at }) => at > found.evidence.learnedUntil)
  const parts = { lexicon: deps.lexicon, dictionary: deps.dictionary }
  const comparison = compareBridges(parts, { current, candidate: found.model }, later, known, golden)
  return transaction(deps, WORKER, async tx => {
    const [candidate] = await lockCandidate(tx, version)
    if (!candidate) return { kind: 'notACandidate' }
    const [standing] = await tx.select().from(bridgeModels).where(eq(bridgeModels.state, 'current')).for('update')
    const verdict =
      standing?.version === current?.version
        ? judgeComparison(comparison)
        : ({ promote: false, because: 'another model became current meanwhile' } as const)
    const now = deps.clock.now()
    const against = current?.version ?? null
    const measures = { ...comparison, against, measuredAt: now.toISOString() }
    if (!verdict.promote) {
      const bridge = await change(tx, candidate, { measures })
      return { kind: 'refused', because: verdict.because, bridge }
    }
    if (standing) await change(tx, standing, { state: 'retired', retiredAt: now })
    const bridge = await change(tx, candidate, { measures, state: 'current', promotedAt: now })
    return { kind: 'promoted', bridge }
  })
}

const lockCandidate = (tx: Tx, version: string) =>
  tx
    .select()
    .from(bridgeModels)
    .where(and(eq(bridgeModels.version, version), eq(bridgeModels.state, 'candidate')))
    .for('update')

const change = async (tx: Tx, bridge: StoredBridge, values: Partial<StoredBridge>): Promise<StoredBridge> => {
  await tx.update(bridgeModels).set(values).where(eq(bridgeModels.id, bridge.id))
  return { ...bridge, ...values }
}

/** Takes the current model out of use. The one that it had replaced becomes current again, or none. */
export const retireCurrent = async (
  deps: Pick<Deps, 'db' | 'clock'>,
): Promise<{ retired: StoredBridge | undefined; current: StoredBridge | undefined }> =>
  transaction(deps, WORKER, async tx => {
    const [standing] = await tx.select().from(bridgeModels).where(eq(bridgeModels.state, 'current')).for('update')
    if (!standing) return { retired: undefined, current: undefined }
    const retired = await change(tx, standing, { state: 'retired', retiredAt: deps.clock.now() })
    const replaced = standing.measures?.against ?? ''
    const [before] = await tx.select().from(bridgeModels).where(eq(bridgeModels.version, replaced)).for('update')
    return { retired, current: before && (await change(tx, before, { state: 'current', retiredAt: null })) }
  })

/** Every model that was ever learned, the newest first. */
export const listBridges = (deps: Pick<Deps, 'db'>): Promise<StoredBridge[]> =>
  transaction(deps, WORKER, tx => tx.select().from(bridgeModels).orderBy(desc(bridgeModels.id)))

/** The model that a starting worker builds its engine with; undefined where none is in use. */
export const readCurrentBridge = async (deps: Pick<Deps, 'db'>): Promise<BridgeModel | undefined> => {
  const [row] = await transaction(deps, WORKER, tx =>
    tx.select().from(bridgeModels).where(eq(bridgeModels.state, 'current')),
  )
  return row?.model
}
