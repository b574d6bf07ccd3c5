import { and, asc, eq, inArray, lte, sql } from 'drizzle-orm'
import { type Recording, record } from '../audit/record.ts'
import { append } from '../events/outbox.ts'
import { memberships, parks, people } from '../identity/tables.ts'
import { rowsOf, transaction, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { type Certificate, NOTES, seal } from './certificate.ts'
import { closeOrganisation } from './close.ts'
import { forgetEvents } from './events.ts'
import { KEPT } from './kept.ts'
import { LAWS } from './laws.ts'
import { planFor, type Step, type Subject } from './plan.ts'
import { erasures } from './tables.ts'

const WORKER = { kind: 'worker' } as const
/** Rows of one transaction: short enough for the time that a statement has. */
const BATCH = 1_000

export type Erasing = Recording & Pick<Deps, 'db'>
type Row = typeof erasures.$inferSelect

/**
 * Works off up to `limit` requests whose wait is over. Each step is a transaction that also notes how far it has come, so
 * a worker that dies leaves nothing undone and nothing counted twice; of several workers one does a request at a time.
 * @returns how many were completed
 */
export const runErasures = async (deps: Erasing, limit: number): Promise<number> => {
  const due = await transaction(deps, WORKER, tx =>
    tx
      .select({ id: erasures.id })
      .from(erasures)
      .where(and(inArray(erasures.state, ['waiting', 'running']), lte(erasures.dueAt, deps.clock.now())))
      .orderBy(asc(erasures.dueAt))
      .limit(limit),
  )
  for (const { id } of due) while (await advance(deps, id));
  return due.length
}

/** One transaction's worth of work. @returns whether there may be more */
const advance = (deps: Erasing, id: string): Promise<boolean> =>
  transaction(deps, WORKER, async tx => {
    const [row] = await tx.select().from(erasures).where(eq(erasures.id, id)).for('update', { skipLocked: true })
    if (!row || (row.state !== 'waiting' && row.state !== 'running')) return false
    if (row.state === 'waiting') {
      await start(tx, deps, row)
      return true
    }
    const plan = stepsOf(row)
    const step = plan[row.step]
    if (step === undefined) {
      await complete(tx, deps, row)
      return false
    }
    const removed = await step.work(tx, row)
    const counts = { ...row.counts, [step.id]: (row.counts[step.id] ?? 0) + removed }
    // A step is over when it finds nothing more, and not when it finds little: what it left to others comes again.
    await tx
      .update(erasures)
      .set({ counts, step: removed === 0 ? row.step + 1 : row.step })
      .where(eq(erasures.id, id))
    return true
  })

const start = async (tx: Tx, deps: Erasing, row: Row): Promise<void> => {
  const personIds = row.subjectKind === 'person' ? [row.subjectId] : await closeOrganisation(tx, deps, row.subjectId)
  await tx.update(erasures).set({ state: 'running', personIds }).where(eq(erasures.id, row.id))
  await record(tx, deps, WORKER, { action: 'erasure.started', objectId: row.id })
}

type Work = { id: string; work: (tx: Tx, row: Row) => Promise<number> }

const stepsOf = (row: Row): Work[] => {
  const steps = planFor(row.subjectKind).map(step => ({ id: step.id, work: (tx: Tx) => runStep(tx, step, row) }))
  return row.subjectKind === 'person'
    ? steps
    : [{ id: 'events', work: (tx: Tx) => forgetEvents(tx, row.subjectId, BATCH) }, ...steps]
}

const subjectOf = async (tx: Tx, row: Row): Promise<Subject> => {
  const found =
    row.personIds.length === 0 ? [] : await tx.select().from(people).where(inArray(people.id, row.personIds))
  return {
    organisationId: row.subjectKind === 'organisation' ? row.subjectId : undefined,
    personIds: row.personIds,
    emails: found.map(person => person.email),
    names: found.map(person => person.name),
  }
}

const runStep = async (tx: Tx, step: Step, row: Row): Promise<number> => {
  const rows = step.rows(await subjectOf(tx, row))
  const table = sql.identifier(step.table)
  const batch = sql`ctid in (select x.ctid from ${table} x where ${rows} limit ${BATCH} for update skip locked)`
  const [done] = rowsOf<{ count: number }>(
    await tx.execute(
      step.set === undefined
        ? sql`with gone as (delete from ${table} where ${batch} returning 1) select count(*)::int as count from gone`
        : sql`with gone as (update ${table} set ${step.set} where ${batch} returning 1) select count(*)::int as count from gone`,
    ),
  )
  return done?.count ?? 0
}

const complete = async (tx: Tx, deps: Erasing, row: Row): Promise<void> => {
  const finishedAt = deps.clock.now()
  const certificate = await certify(tx, row, finishedAt)
  await record(tx, deps, WORKER, { action: 'erasure.completed', objectId: row.id })
  await tx
    .update(erasures)
    .set({ state: 'completed', certificate, finishedAt, personIds: [] })
    .where(eq(erasures.id, row.id))
  const readers = row.subjectKind === 'organisation' ? await administrationsOf(tx, row.subjectId) : []
  await append(tx, deps, WORKER, [
    { type: 'erasure.completed', data: { erasureId: row.id, kind: row.subjectKind, hash: certificate.hash }, readers },
  ])
}

const certify = async (tx: Tx, row: Row, finishedAt: Date): Promise<Certificate> => {
  const subject = await subjectOf(tx, row)
  const events = row.counts['events'] ?? 0
  const kept: Certificate['kept'] = []
  for (const { table, what, law, rows } of KEPT) {
    const [found] = rowsOf<{ count: number }>(
      await tx.execute(sql`select count(*)::int as count from ${sql.identifier(table)} x where ${rows(subject)}`),
    )
    if ((found?.count ?? 0) > 0) kept.push({ table, what, rows: found?.count ?? 0, why: LAWS[law] })
  }
  return seal({
    id: row.id,
    subject: {
      kind: row.subjectKind,
      id: row.subjectId,
      people: row.subjectKind === 'organisation' ? row.personIds.length : 0,
    },
    requestedAt: row.requestedAt.toISOString(),
    requestedBy: row.bySubject ? 'subject' : 'park',
    completedAt: finishedAt.toISOString(),
    removed: [
      ...planFor(row.subjectKind).flatMap(step => {
        const rows = row.counts[step.id] ?? 0
        const how = step.set === undefined ? ('deleted' as const) : ('cleared' as const)
        return rows === 0 ? [] : [{ table: step.table, what: step.what, how, rows }]
      }),
      ...(events === 0
        ? []
        : [
            {
              table: 'events',
              what: { zh: '事件及其推送副本中的名称与标题', en: 'Names and titles in events and in copies to be sent' },
              how: 'cleared' as const,
              rows: events,
            },
          ]),
    ],
    auditKeyDestroyed: (row.counts['audit_keys'] ?? 0) > 0,
    kept,
    notes: NOTES[row.subjectKind],
  })
}

/** The administrations of the parks that an organisation is or was in. */
export const administrationsOf = async (tx: Tx, organisationId: string): Promise<string[]> => {
  const rows = await tx
    .select({ id: parks.organisationId })
    .from(memberships)
    .innerJoin(parks, eq(parks.id, memberships.parkId))
    .where(eq(memberships.organisationId, organisationId))
  return rows.map(row => row.id)
}

/** For the tests of `inventory`: the tables that a plan or the steps beside it touch. */
export const listTreatedTables = (): Set<string> =>
  new Set([
    ...planFor('person').map(step => step.table),
    ...planFor('organisation').map(step => step.table),
    ...KEPT.map(({ table }) => table),
    'events',
    'event_readers',
  ])
