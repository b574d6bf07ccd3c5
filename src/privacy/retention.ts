import { type SQL, sql } from 'drizzle-orm'
import type { Bilingual } from '../engine/types.ts'
import { IDEMPOTENCY_HOURS } from '../identity/idempotency.ts'
import { ENDED_SESSIONS_KEPT_DAYS } from '../identity/purge.ts'
import { STAGED_ROWS_KEPT_DAYS } from '../imports/sweep.ts'
import { rowsOf, transaction, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { newId } from '../platform/ids.ts'
import { REPORT_FILES_KEPT_DAYS } from '../reports/files.ts'
import { ATTEMPTS_KEPT_DAYS, DELIVERIES_KEPT_DAYS } from '../webhooks/sweep.ts'
import { LAWS } from './laws.ts'
import { retentionRuns } from './tables.ts'

const WORKER = { kind: 'worker' } as const
const DAY_MS = 86_400_000
const BATCH = 1_000
/** Batches of one rule in one sweep: the rest comes with the next. */
const BATCHES_MAX = 20
const ZONE = 'Asia/Shanghai'
const NIGHT_HOUR = 2

/**
 * How long something is kept, and by what it ends. `sweep`: the room that owns the table deletes it all the time.
 * `nightly`: the rows of `table` that `rows` names are deleted, or cleared by `set`, here. `never`: it stays.
 */
export type Rule = {
  id: string
  tables: string[]
  what: Bilingual
  keptDays?: number
  from: Bilingual
  source: Bilingual
} & ({ applied: 'sweep' | 'never' } | { applied: 'nightly'; table: string; rows: (before: Date) => SQL; set?: SQL })

const OWN: Bilingual = {
  zh: '《个人信息保护法》第十九条：保存期限应为实现处理目的所必要的最短时间（平台自定）',
  en: 'Personal Information Protection Law, art. 19: no longer than its purpose needs (the period is our own)',
}
const MADE: Bilingual = { zh: '产生之时', en: 'When it was made' }
const ENDED: Bilingual = { zh: '结束之时', en: 'When it ended' }
const at = (instant: Date) => sql`${instant.toISOString()}::timestamptz`

/** The least id that a thing made at an instant could have: ids sort by time, and have an index. */
const leastId = (instant: Date) =>
  newId({ clock: { now: () => instant }, random: length => Buffer.alloc(length) }, 'event')

export const RETENTION: Rule[] = [
  {
    id: 'attempts',
    tables: ['attempts'],
    what: { zh: '推送尝试', en: 'Attempts of deliveries' },
    keptDays: ATTEMPTS_KEPT_DAYS,
    from: MADE,
    source: OWN,
    applied: 'sweep',
  },
  {
    id: 'deliveries',
    tables: ['deliveries'],
    what: { zh: '已了结的推送', en: 'Deliveries that came to rest' },
    keptDays: DELIVERIES_KEPT_DAYS,
    from: ENDED,
    source: OWN,
    applied: 'sweep',
  },
  {
    id: 'sessions',
    tables: ['sessions', 'sign_in_links', 'password_tries'],
    what: { zh: '登录会话（链接与尝试计数一天）', en: 'Sessions (links and counts of tries: one day)' },
    keptDays: ENDED_SESSIONS_KEPT_DAYS,
    from: ENDED,
    source: OWN,
    applied: 'sweep',
  },
  {
    id: 'idempotency_keys',
    tables: ['idempotency_keys'],
    what: { zh: '请求去重记录', en: 'Marks of repeated requests' },
    keptDays: IDEMPOTENCY_HOURS / 24,
    from: MADE,
    source: OWN,
    applied: 'sweep',
  },
  {
    id: 'rate_counts',
    tables: ['rate_counts'],
    what: { zh: '限流计数（含地址）', en: 'Counts of requests, by address' },
    keptDays: 0,
    from: { zh: '计数窗口（一分钟）结束', en: 'When the window of a minute ends' },
    source: OWN,
    applied: 'sweep',
  },
  {
    id: 'import_rows',
    tables: ['import_rows'],
    what: { zh: '未导入的暂存行', en: 'Staged rows that were not taken in' },
    keptDays: STAGED_ROWS_KEPT_DAYS,
    from: { zh: '导入完成之时', en: 'When the import was completed' },
    source: OWN,
    applied: 'sweep',
  },
  {
    id: 'report_files',
    tables: ['report_files'],
    what: { zh: '导出的报告文件', en: 'Reports made as files' },
    keptDays: REPORT_FILES_KEPT_DAYS,
    from: MADE,
    source: OWN,
    applied: 'sweep',
  },
  {
    id: 'events',
    tables: ['events', 'event_readers'],
    what: { zh: '已处理的事件', en: 'Events that were worked off' },
    keptDays: 400,
    from: MADE,
    source: OWN,
    applied: 'nightly',
    table: 'events',
    rows: before => sql`x.id < ${leastId(before)} and x.done_at is not null
      and not exists (select 1 from deliveries d where d.event_id = x.id)`,
  },
  {
    id: 'notices',
    tables: ['notices'],
    what: { zh: '站内通知', en: 'Notices' },
    keptDays: 180,
    from: MADE,
    source: OWN,
    applied: 'nightly',
    table: 'notices',
    rows: before => sql`x.created_at < ${at(before)}`,
  },
  {
    id: 'invitations',
    tables: ['invitations'],
    what: { zh: '已处理或过期的邀请（含邮箱）', en: 'Invitations that were answered or ran out, with addresses' },
    keptDays: 180,
    from: ENDED,
    source: OWN,
    applied: 'nightly',
    table: 'invitations',
    rows: before => sql`(x.state <> 'pending' and x.decided_at < ${at(before)}) or x.expires_at < ${at(before)}`,
  },
  {
    id: 'exclusions',
    tables: ['exclusions'],
    what: { zh: '已移出的不匹配名单', en: 'Entries that were taken off a do-not-match list' },
    keptDays: 365,
    from: ENDED,
    source: OWN,
    applied: 'nightly',
    table: 'exclusions',
    rows: before => sql`x.ended_at < ${at(before)}`,
  },
  {
    id: 'endpoints',
    tables: ['endpoints', 'endpoint_secrets'],
    what: { zh: '已删除的推送地址', en: 'Endpoints that were deleted' },
    keptDays: DELIVERIES_KEPT_DAYS,
    from: ENDED,
    source: OWN,
    applied: 'nightly',
    table: 'endpoints',
    rows: before =>
      sql`x.deleted_at < ${at(before)} and not exists (select 1 from deliveries d where d.endpoint_id = x.id)`,
  },
  ...(['scenario', 'capability'] as const).map(
    (kind): Rule => ({
      id: `${kind}_contacts`,
      tables: [`${kind}_sealed`],
      what:
        kind === 'scenario'
          ? { zh: '已撤回或到期场景的联系人', en: 'Contact persons of scenarios that were taken back or expired' }
          : { zh: '已撤回能力的联系人', en: 'Contact persons of capabilities that were taken back' },
      keptDays: 365,
      from: { zh: '最后修改之时', en: 'When it was last changed' },
      source: OWN,
      applied: 'nightly',
      table: `${kind}_sealed`,
      rows: before => sql`x.body ? 'contact' and exists (select 1
        from ${sql.identifier(kind === 'scenario' ? 'scenarios' : 'capabilities')} o
        where o.id = x.${sql.identifier(`${kind}_id`)} and o.state in ('withdrawn', 'expired')
          and o.updated_at < ${at(before)})`,
      set: sql`body = body - 'contact'`,
    }),
  ),
  {
    id: 'audit_entries',
    tables: ['audit_entries'],
    what: { zh: '审计记录（仅编号与摘要）', en: 'The audit record: ids and digests only' },
    from: MADE,
    source: LAWS.logs,
    applied: 'never',
  },
  {
    id: 'matches',
    tables: ['matches', 'match_transitions', 'match_outcomes'],
    what: { zh: '对接及其流转', en: 'Matches and their moves' },
    from: MADE,
    source: LAWS.transactions,
    applied: 'never',
  },
  {
    id: 'funding',
    tables: ['funding_grants', 'funding_entries'],
    what: { zh: '资金拨付', en: 'Grants' },
    from: MADE,
    source: LAWS.accounts,
    applied: 'never',
  },
  {
    id: 'accounts',
    tables: ['people', 'positions', 'organisations', 'api_keys', 'scenarios', 'capabilities'],
    what: { zh: '账户与其发布的内容', en: 'Accounts, and what they published' },
    from: { zh: '直至申请删除', en: 'Until erasure is asked for' },
    source: LAWS.erasure,
    applied: 'never',
  },
]

/**
 * Applies the nightly rules once a day, after two in the morning, and notes what each removed. May run in several
 * processes and any number of times: a rule that was done for the day is left alone.
 */
export const applyRetention = async (deps: Pick<Deps, 'db' | 'clock'>): Promise<void> => {
  const now = deps.clock.now()
  const { day, hour } = localTime(now)
  if (hour < NIGHT_HOUR) return
  const done = await transaction(deps, WORKER, async tx =>
    rowsOf<{ rule: string }>(await tx.execute(sql`select rule from retention_runs where day = ${day}::date`)),
  )
  const isDone = new Set(done.map(row => row.rule))
  for (const rule of RETENTION)
    if (rule.applied === 'nightly' && !isDone.has(rule.id)) await apply(deps, rule, now, day)
}

const apply = async (
  deps: Pick<Deps, 'db' | 'clock'>,
  rule: Rule & { applied: 'nightly' },
  now: Date,
  day: string,
): Promise<void> => {
  const before = new Date(now.getTime() - (rule.keptDays ?? 0) * DAY_MS)
  let removed = 0
  for (let batches = 0; batches < BATCHES_MAX; batches++) {
    const count = await transaction(deps, WORKER, tx => applyBatch(tx, rule, before))
    removed += count
    if (count === 0) break
  }
  await transaction(deps, WORKER, tx =>
    tx
      .insert(retentionRuns)
      .values({ rule: rule.id, day, removed, finishedAt: deps.clock.now() })
      .onConflictDoUpdate({
        target: [retentionRuns.rule, retentionRuns.day],
        set: { removed: sql`${retentionRuns.removed} + excluded.removed`, finishedAt: sql`excluded.finished_at` },
      }),
  )
}

const applyBatch = async (tx: Tx, rule: Rule & { applied: 'nightly' }, before: Date): Promise<number> => {
  const table = sql.identifier(rule.table)
  const batch = sql`ctid in (select x.ctid from ${table} x where ${rule.rows(before)} limit ${BATCH} for update skip locked)`
  const work = rule.set === undefined ? sql`delete from ${table}` : sql`update ${table} set ${rule.set}`
  const [done] = rowsOf<{ count: number }>(
    await tx.execute(sql`with gone as (${work} where ${batch} returning 1) select count(*)::int as count from gone`),
  )
  return done?.count ?? 0
}

const localTime = (now: Date): { day: string; hour: number } => {
  const [day = '', hour = '0'] = new Intl.DateTimeFormat('sv-SE', {
    timeZone: ZONE,
    dateStyle: 'short',
    timeStyle: 'short',
  })
    .format(now)
    .split(' ')
  return { day, hour: Number(hour.slice(0, 2)) }
}

/** The rules, with what each nightly one removed last. */
export const listRetention = async (tx: Tx) => {
  const rows = rowsOf<{ rule: string; day: string; removed: number; finished_at: string }>(
    await tx.execute(sql`select distinct on (rule) rule, day::text as day, removed,
      to_char(finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as finished_at
      from retention_runs order by rule, day desc`),
  )
  const lastOf = new Map(rows.map(row => [row.rule, row]))
  return {
    items: RETENTION.map(({ id, tables, what, keptDays, from, source, applied }) => {
      const last = lastOf.get(id)
      return {
        id,
        tables,
        what,
        ...(keptDays === undefined ? {} : { keptDays }),
        from,
        source,
        applied,
        ...(last ? { last: { day: last.day, removed: last.removed, finishedAt: last.finished_at } } : {}),
      }
    }),
  }
}
