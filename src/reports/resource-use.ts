import { sql } from 'drizzle-orm'
import type { Language } from '../engine/types.ts'
import { rowsOf, type Tx } from '../platform/db.ts'
import { RESOURCE_USES, type ResourceUse, USE_NAMES } from '../resources/uses.ts'
import { percentOf } from './concentration.ts'
import { addressOf, type FigureName, type Narrowing } from './figures.ts'
import type { Report } from './schemas.ts'
import type { Scope } from './scope.ts'
import { lentOf, LENT_FIGURES, PAID_FIGURES, paidOf, RESERVED_FIGURES, reservedOf } from './use-figures.ts'

type Amount = {
  use: ResourceUse
  unit: string
  resources: number
  quota: number
  reserved: number
  count: number
  domestic: number
  domesticCount: number
}
export type ResourceUses = {
  uses: { use: ResourceUse; resources: number; reservations: number; organisations: number }[]
  amounts: Amount[]
  funding: { grants: number; firms: number; costs: number; total: number }
  rules: { id: string; title: string; paid: number; grants: number; pool: number | null }[]
}

/** How much of what the park lends and grants was taken up on the days of the period, in one statement. */
export const readResourceUses = async (tx: Tx, scope: Scope): Promise<ResourceUses> => {
  const isListed = LENT_FIGURES['resources.listed']({})
  const isReserved = RESERVED_FIGURES['reservations.made']({})
  const isDomestic = RESERVED_FIGURES['reservations.domestic']({})
  const [found] = rowsOf<ResourceUses>(
    await tx.execute(sql`with lent as (${lentOf(scope)}), reserved as (${reservedOf(scope)}), paid as (${paidOf(scope)})
      select (select coalesce(json_agg(u), '[]') from (
          select l.use, l.resources, coalesce(v.reservations, 0) as reservations, coalesce(v.organisations, 0) as organisations
          from (select l.use, count(*)::int as resources from lent l where ${isListed} group by l.use) l
            left join (select v.use, count(*)::int as reservations, count(distinct v.organisation_id)::int as organisations
              from reserved v where ${isReserved} group by v.use) v using (use)) u) as uses,
        (select coalesce(json_agg(a order by a.use, a.unit), '[]') from (
          select l.use, l.unit, l.resources, l.quota, coalesce(v.reserved, 0) as reserved, coalesce(v.count, 0) as count,
            coalesce(v.domestic, 0) as domestic, coalesce(v.domestic_count, 0) as "domesticCount"
          from (select l.use, l.unit, count(*)::int as resources, sum(l.amount) as quota from lent l
              where ${isListed} and l.unit is not null group by l.use, l.unit) l
            left join (select v.use, v.unit, sum(v.amount) as reserved, count(*)::int as count,
                sum(v.amount) filter (where ${isDomestic}) as domestic,
                count(*) filter (where ${isDomestic})::int as domestic_count
              from reserved v where ${isReserved} group by v.use, v.unit) v using (use, unit)) a) as amounts,
        (select json_build_object('grants', count(*)::int, 'firms', count(distinct firm_id)::int,
            'costs', coalesce(sum(costs), 0), 'total', coalesce(sum(total), 0))
          from (select distinct id, firm_id, costs, total from paid p where ${PAID_FIGURES['grants.made']({})}) g) as funding,
        (select coalesce(json_agg(r order by r.title collate "C", r.id), '[]') from (
          select f.id, f.title, coalesce(sum(p.paid), 0) as paid, count(p.id)::int as grants, (f.rule ->> 'poolYuan')::float as pool
          from funding_rules f left join paid p on p.rule_id = f.id where f.park_id = ${scope.park.id}
          group by f.id) r) as rules`),
  )
  if (!found) throw new Error('the statement answered no row')
  return found
}

/** The same with names in the reader's language, shares, the park's target, and the address behind each number. */
export const presentResourceUses = (found: ResourceUses, scope: Scope, language: Language): Report['resourceUse'] => {
  const figure = (count: number, name: FigureName, narrowing: Narrowing = {}) => ({
    count,
    url: addressOf(scope, name, narrowing),
  })
  const target = scope.settings.domesticComputeTarget
  return {
    uses: RESOURCE_USES.map(use => {
      const row = found.uses.find(one => one.use === use)
      return {
        use,
        label: USE_NAMES[use][language],
        resources: figure(row?.resources ?? 0, 'resources.listed', { use }),
        reservations: figure(row?.reservations ?? 0, 'reservations.made', { use }),
        organisations: row?.organisations ?? 0,
        amounts: found.amounts
          .filter(amount => amount.use === use)
          .map(({ unit, quota, reserved, count }) => ({
            unit,
            quota,
            reserved,
            reservations: figure(count, 'reservations.made', { use, unit }),
          })),
      }
    }),
    domesticCompute: found.amounts
      .filter(({ use, count }) => use === 'compute' && count > 0)
      .map(({ use, unit, reserved, domestic, domesticCount }) => ({
        unit,
        reserved,
        domestic,
        reservations: figure(domesticCount, 'reservations.domestic', { use, unit }),
        percent: percentOf(domestic, reserved),
        targetPercent: target === null ? null : target / 100,
        status: target === null ? null : domestic * 10_000 >= target * reserved ? 'reached' : 'behind',
      })),
    funding: {
      grants: figure(found.funding.grants, 'grants.made'),
      firms: found.funding.firms,
      costsYuan: found.funding.costs,
      totalYuan: found.funding.total,
      rules: found.rules.map(({ id, title, paid, grants, pool }) => ({
        ruleId: id,
        title,
        paidYuan: paid,
        grants: figure(grants, 'grants.made', { ruleId: id }),
        poolYuan: pool,
        percentOfPool: pool === null ? null : percentOf(paid, pool),
      })),
    },
  }
}
