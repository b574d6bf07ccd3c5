import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import type { z } from 'zod'
import { record, type Recording } from '../audit/record.ts'
import { append } from '../events/outbox.ts'
import type { Stored } from '../identity/idempotency.ts'
import { readMembership } from '../identity/memberships.ts'
import { readPark } from '../identity/service.ts'
import { administers, type Member } from '../platform/actor.ts'
import { rowsOf, type Tx } from '../platform/db.ts'
import { conflict, forbidden, notFound } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import type { Language } from '../engine/types.ts'
import { type FundingRule, type Granted, LIMIT_TEXTS, planSupport, type SupportPlan } from './funding.ts'
import type { FundingApplication, NewFundingRule } from './funding-schemas.ts'
import { fundingEntries, fundingGrants, fundingRules } from './tables.ts'

type Application = z.infer<typeof FundingApplication>

/** Keeps a rule of a park as data, with its source. @throws 403, 404, 409 for a title that stands already */
export const createFundingRule = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  input: z.infer<typeof NewFundingRule>,
): Promise<Stored> => {
  const { parkId, title, source, ...rule } = input
  await readPark(tx, parkId)
  requireAdministration(actor, parkId)
  const id = newId(deps, 'fundingRule')
  await tx.insert(fundingRules).values({ id, parkId, title, source, rule, createdAt: deps.clock.now() })
  await record(tx, deps, actor, { action: 'funding_rule.created', objectId: id, parkId, digests: { rule: input } })
  return { id }
}

const requireAdministration = (actor: Member, parkId: string): void => {
  if (administers(actor, parkId)) return
  throw forbidden('只有园区管理方可以执行此操作', "Only the park's administration may do this")
}

export const readFundingRule = async (tx: Tx, id: string) => {
  const [row] = await tx.select().from(fundingRules).where(eq(fundingRules.id, id))
  if (!row) throw notFound()
  return presentRule(row)
}

export const listFundingRules = async (tx: Tx, parkId: string) => {
  const rows = await tx.select().from(fundingRules).where(eq(fundingRules.parkId, parkId)).orderBy(asc(fundingRules.id))
  return { items: rows.map(presentRule) }
}

const presentRule = ({ rule, createdAt, ...row }: typeof fundingRules.$inferSelect) => ({
  ...row,
  ...rule,
  createdAt: createdAt.toISOString(),
})

/**
 * What a project would get now under each rule that it asks for, to the yuan. Nothing is stored. What a vendor was granted
 * before is known to it and to the park: for others its cap counts as unused, so that nobody reads from a plan what is
 * left of another's.
 * @throws 403 for another firm, 404
 */
export const planFunding = async (tx: Tx, actor: Member, input: Application, language: Language) => {
  await readPark(tx, input.parkId)
  // What is left under a rule tells what the firm was granted before.
  if (input.firmId !== actor.organisationId && !actor.adminParkIds.includes(input.parkId))
    throw forbidden('只能为本单位测算，或由园区测算', 'You plan for your own organisation, or the park does')
  const knowsVendor = input.vendorId === actor.organisationId || actor.adminParkIds.includes(input.parkId)
  const plan = await computePlan(tx, knowsVendor ? input : { ...input, vendorId: undefined })
  return presentPlan(plan, language)
}

const computePlan = async (tx: Tx, input: Application): Promise<SupportPlan> => {
  const rows = await tx
    .select()
    .from(fundingRules)
    .where(
      and(
        eq(fundingRules.parkId, input.parkId),
        input.ruleIds.length > 0 ? inArray(fundingRules.id, input.ruleIds) : undefined,
      ),
    )
    .orderBy(asc(fundingRules.id))
  if (rows.length < input.ruleIds.length) throw notFound()
  const rules = rows.map(({ id, title, rule }): FundingRule => ({ id, title, ...rule }))
  const granted = new Map<string, Granted>()
  for (const { id } of rules) granted.set(id, await readGranted(tx, id, input))
  return planSupport(input, rules, id => granted.get(id) ?? NONE)
}

const NONE: Granted = { firmYuan: 0, firmYearYuan: 0, vendorYuan: 0, poolYuan: 0, poolYearYuan: 0 }
const yearOf = (day: string): number => Number(day.slice(0, 4))

type Sums = Record<'firm_yuan' | 'firm_year_yuan' | 'vendor_yuan' | 'pool_yuan' | 'pool_year_yuan', string>

const readGranted = async (tx: Tx, ruleId: string, { firmId, vendorId, day }: Application): Promise<Granted> => {
  const [sums] = rowsOf<Sums>(
    await tx.execute(sql`select * from funding_granted(${ruleId}, ${firmId}, ${vendorId ?? ''}, ${yearOf(day)})`),
  )
  return sums
    ? {
        firmYuan: Number(sums.firm_yuan),
        firmYearYuan: Number(sums.firm_year_yuan),
        vendorYuan: Number(sums.vendor_yuan),
        poolYuan: Number(sums.pool_yuan),
        poolYearYuan: Number(sums.pool_year_yuan),
      }
    : NONE
}

/**
 * Grants what the rules give a project now. Grants of a park wait for each other, so that no cap and no pool is
 * overdrawn, however many come at once.
 * @throws 403 for anyone but the park's administration, 404, 409 where no rule gives anything
 */
export const grantFunding = async (tx: Tx, deps: Recording, actor: Member, input: Application): Promise<Stored> => {
  await readPark(tx, input.parkId)
  requireAdministration(actor, input.parkId)
  await readMembership(tx, input.parkId, input.firmId)
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`funding ${input.parkId}`}, 0))`)
  const plan = await computePlan(tx, input)
  if (plan.totalYuan === 0) throw conflict('没有可核定的支持金额', 'No rule gives anything')
  const id = newId(deps, 'fundingGrant')
  const { parkId, firmId, day } = input
  const vendorId = input.vendorId ?? null
  await tx.insert(fundingGrants).values({
    id,
    parkId,
    firmId,
    vendorId,
    day,
    costsYuan: plan.costsYuan,
    totalYuan: plan.totalYuan,
    supports: plan.supports,
    grantedById: actor.organisationId,
    createdAt: deps.clock.now(),
  })
  const paying = plan.supports.filter(({ supportYuan }) => supportYuan > 0)
  await tx.insert(fundingEntries).values(
    paying.map(({ ruleId, supportYuan }) => ({
      grantId: id,
      ruleId,
      parkId,
      firmId,
      vendorId,
      year: yearOf(day),
      amountYuan: supportYuan,
    })),
  )
  await record(tx, deps, actor, { action: 'funding.granted', objectId: id, parkId, digests: { grant: plan } })
  const data = { grantId: id, parkId, totalYuan: plan.totalYuan }
  await append(tx, deps, actor, [{ type: 'resource.granted', data, parkId, readers: [firmId, actor.organisationId] }])
  return { id }
}

export const readGrant = async (tx: Tx, id: string, language: Language) => {
  const [row] = await tx.select().from(fundingGrants).where(eq(fundingGrants.id, id))
  if (!row) throw notFound()
  const { supports, totalYuan, costsYuan } = row
  return {
    id,
    parkId: row.parkId,
    firmId: row.firmId,
    day: row.day,
    createdAt: row.createdAt.toISOString(),
    ...presentPlan({ supports, totalYuan, costsYuan, ownYuan: costsYuan - totalYuan }, language),
  }
}

const presentPlan = ({ supports, ...plan }: SupportPlan, language: Language) => ({
  ...plan,
  supports: supports.map(support => ({ ...support, because: LIMIT_TEXTS[support.limitedBy][language] })),
})
