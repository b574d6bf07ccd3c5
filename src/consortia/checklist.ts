import { and, asc, desc, eq, sql } from 'drizzle-orm'
import { readCapability } from '../capabilities/queries.ts'
import {
  buildChecklist,
  type ChecklistItem,
  type ChecklistPair,
  CHECKLIST_ELEMENTS,
  judgeElement,
} from '../engine/checklist.ts'
import { scenarioFeatures } from '../engine/features.ts'
import { renderChecklistItem } from '../engine/render/checklist.ts'
import type { Language } from '../engine/types.ts'
import { organisations } from '../identity/tables.ts'
import { matchExplanations, matches } from '../matching/tables.ts'
import type { Member } from '../platform/actor.ts'
import type { Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { resources } from '../resources/tables.ts'
import { readWhole } from '../scenarios/queries.ts'
import { toScenarioInput } from '../scenarios/tiers.ts'

type Reading = { actor: Member; language: Language; lexicon: Deps['lexicon']; now: Date }

const LENDERS_MAX = 10
const OFFERS_MAX = 1_000

/**
 * The five elements of a scenario: what is needed, what is there, what is missing, and which real offers of its park could
 * close the gap, with what is left of their quota today. All of it as far as the reader may see the scenario, its best
 * pair and that pair's capability. @throws 404
 */
export const readChecklist = async (tx: Tx, reading: Reading, scenarioId: string) => {
  const { row, whole } = await readWhole(tx, scenarioId)
  const { pair, capabilityId } = await readBestPair(tx, reading, scenarioId)
  const input = toScenarioInput(scenarioId, whole.fields)
  const items = buildChecklist(scenarioFeatures(reading.lexicon, input), pair)
  const offers = await listOffers(tx, reading, row)
  return {
    scenarioId,
    ...(capabilityId === undefined ? {} : { capabilityId }),
    at: reading.now.toISOString(),
    elements: CHECKLIST_ELEMENTS.map(element => {
      const mine = items.filter(item => item.element === element)
      return { element, verdict: judgeElement(mine), items: mine.map(item => presentItem(item, offers, reading)) }
    }),
  }
}

/** The pair that people have gone furthest with, else the best one. */
const readBestPair = async (
  tx: Tx,
  { actor }: Reading,
  scenarioId: string,
): Promise<{ pair?: ChecklistPair; capabilityId?: string }> => {
  const [best] = await tx
    .select({ capabilityId: matches.capabilityId, body: matchExplanations.body })
    .from(matches)
    .innerJoin(
      matchExplanations,
      and(eq(matchExplanations.matchId, matches.id), eq(matchExplanations.organisationId, actor.organisationId)),
    )
    .where(
      and(
        eq(matches.scenarioId, scenarioId),
        sql`${matches.state} not in ('retracted', 'declined', 'withdrawn', 'expired')`,
      ),
    )
    .orderBy(sql`${matches.state} = 'proposed'`, desc(matches.total), asc(matches.id))
    .limit(1)
  if (!best) return {}
  const { capabilityId } = best
  return { capabilityId, pair: { gaps: best.body.gaps, capability: await readCapability(tx, actor, capabilityId) } }
}

/** What is lent in the scenario's park, with what is left of it today. */
const listOffers = async (tx: Tx, { now }: Reading, scenario: { parkId: string; organisationId: string }) => {
  const today = now.toISOString().slice(0, 10)
  const [owner] = await tx
    .select({ kind: organisations.kind })
    .from(organisations)
    .where(eq(organisations.id, scenario.organisationId))
  const kind = owner?.kind ?? 'manufacturer'
  const rows = await tx
    .select({
      offer: resources,
      taken: sql<string>`reserved_amount(${resources.id}, ${today}, ${today}, ${resources.quotaMode} = 'concurrent')`,
    })
    .from(resources)
    .where(eq(resources.parkId, scenario.parkId))
    .orderBy(asc(resources.id))
    .limit(OFFERS_MAX)
  return rows
    .filter(({ offer }) => offer.organisationId !== scenario.organisationId)
    .map(({ offer, taken }) => ({
      ...offer,
      left: offer.quota === null ? null : Math.max(0, offer.quota.amount - Number(taken)),
      isEligible:
        (offer.eligibleKinds === null || offer.eligibleKinds.includes(kind)) &&
        (offer.availableUntil === null || offer.availableUntil >= today),
    }))
}
type Offer = Awaited<ReturnType<typeof listOffers>>[number]

const presentItem = (item: ChecklistItem, offers: readonly Offer[], reading: Reading) => {
  const { code, verdict, need, have, unit, kinds, gap } = item
  return {
    code,
    verdict,
    need,
    have,
    ...(unit === undefined ? {} : { unit }),
    ...(gap ? { field: gap.field, ...(gap.fix ? { fix: gap.fix } : {}), ...(gap.by ? { by: gap.by } : {}) } : {}),
    text: renderChecklistItem(item, reading),
    kinds,
    lenders: verdict === 'have' ? [] : findLenders(kinds, offers, reading),
  }
}

/** Offers of these kinds or of one below them: those that may be had first, then by kind, then by what is left. */
const findLenders = (kinds: readonly string[], offers: readonly Offer[], { lexicon, language }: Reading) => {
  const rankOf = ({ kind }: Offer) =>
    kinds.findIndex(wanted => wanted === kind || lexicon.get(kind)?.broader === wanted)
  const isUsable = (offer: Offer) => offer.isEligible && offer.left !== 0
  return offers
    .filter(offer => rankOf(offer) >= 0)
    .sort(
      (a, b) =>
        Number(isUsable(b)) - Number(isUsable(a)) ||
        rankOf(a) - rankOf(b) ||
        (b.left ?? 0) - (a.left ?? 0) ||
        (a.id < b.id ? -1 : 1),
    )
    .slice(0, LENDERS_MAX)
    .map(({ id, organisationId, kind, title, titleEn, quota, left, isEligible, eligibility }) => ({
      resourceId: id,
      organisationId,
      kind,
      title: language === 'en' ? (titleEn ?? title) : title,
      isEligible,
      ...(eligibility === null ? {} : { eligibility }),
      ...(quota === null ? {} : { quota }),
      ...(left === null ? {} : { left }),
    }))
}
