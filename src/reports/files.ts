import { and, desc, eq, getTableColumns, lt, ne } from 'drizzle-orm'
import type { z } from 'zod'
import { record, type Recording } from '../audit/record.ts'
import type { Language } from '../engine/types.ts'
import { append, finish, isDone } from '../events/outbox.ts'
import type { Stored } from '../identity/idempotency.ts'
import { readPark } from '../identity/service.ts'
import type { Member } from '../platform/actor.ts'
import { transaction, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { conflict, notFound } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { renderReport } from './formats/render.ts'
import type { NewReportFile, ReportPeriod } from './schemas.ts'
import { readReport, scopeOf } from './service.ts'
import { type FileState, reportFiles } from './tables.ts'

const WORKER = { kind: 'worker' } as const
export const REPORT_FILES_KEPT_DAYS = 7
const FILES_MAX = 50
const DAY_MS = 86_400_000

/** Asks for a report as a file. @throws 403, 404, 409 past fifty files that are still kept */
export const requestFile = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  request: { parkId: string; input: z.infer<typeof NewReportFile>; language: Language },
): Promise<Stored> => {
  const { from, to, at, format } = request.input
  await scopeOf(tx, deps, actor, { parkId: request.parkId, period: { from, to }, at })
  if ((await tx.$count(reportFiles, eq(reportFiles.organisationId, actor.organisationId))) >= FILES_MAX)
    throw conflict(`最多保留 ${FILES_MAX} 份报告文件`, `At most ${FILES_MAX} report files are kept`)
  const id = newId(deps, 'reportFile')
  await tx.insert(reportFiles).values({
    id,
    parkId: request.parkId,
    organisationId: actor.organisationId,
    format,
    language: request.input.language ?? request.language,
    from: from ?? null,
    to: to ?? null,
    at: at === undefined ? null : new Date(at),
    state: 'queued',
    progress: 0,
    requestedAt: deps.clock.now(),
  })
  await record(tx, deps, actor, {
    action: 'report.exported',
    objectId: id,
    parkId: request.parkId,
    digests: { input: request.input },
  })
  await append(tx, deps, actor, [{ type: 'report.requested', data: { fileId: id }, parkId: request.parkId }])
  return { id }
}

/** @throws 404 */
export const readFileCard = async (tx: Tx, id: string) => {
  const [row] = await tx.select(CARD).from(reportFiles).where(eq(reportFiles.id, id))
  if (!row) throw notFound()
  return presentCard(row)
}

/** The files that the actor's organisation asked for of a park, the newest first: as many as are ever kept. */
export const listFileCards = async (tx: Tx, parkId: string) => {
  const rows = await tx
    .select(CARD)
    .from(reportFiles)
    .where(eq(reportFiles.parkId, parkId))
    .orderBy(desc(reportFiles.id))
    .limit(FILES_MAX)
  return rows.map(presentCard)
}

/** All but the file itself, which may be large. */
const { content: _, ...CARD } = getTableColumns(reportFiles)
type Card = Omit<typeof reportFiles.$inferSelect, 'content'>

const presentCard = (row: Card) => {
  const { id } = row
  return {
    id,
    parkId: row.parkId,
    format: row.format,
    language: row.language,
    ...(row.from === null ? {} : { from: row.from }),
    ...(row.to === null ? {} : { to: row.to }),
    state: row.state,
    progress: row.progress,
    requestedAt: row.requestedAt.toISOString(),
    expiresAt: new Date(row.requestedAt.getTime() + REPORT_FILES_KEPT_DAYS * DAY_MS).toISOString(),
    ...(row.finishedAt ? { finishedAt: row.finishedAt.toISOString() } : {}),
    ...(row.bytes === null ? {} : { bytes: row.bytes, url: `/v1/report-files/${id}/content` }),
  }
}

/** @throws 404 while it is not made */
export const readContent = async (tx: Tx, id: string) => {
  const row = await findFile(tx, id)
  if (row.content === null) throw notFound()
  return {
    format: row.format,
    content: row.content,
    name: `report-${row.from ?? 'start'}-${row.to ?? 'today'}.${row.format}`,
  }
}

const findFile = async (tx: Tx, id: string) => {
  const [row] = await tx.select().from(reportFiles).where(eq(reportFiles.id, id))
  if (!row) throw notFound()
  return row
}

/**
 * Makes a file that was asked for, with the rights of the organisation that asked. A file that cannot be made is failed
 * and told so; making it again changes nothing.
 */
export const makeFile = async (
  deps: Pick<Deps, 'db' | 'clock' | 'lexicon' | 'log'>,
  job: { eventId: string; fileId: string },
): Promise<void> => {
  const file = await transaction(deps, WORKER, async tx => {
    if (await isDone(tx, job.eventId)) return undefined
    const [row] = await tx.select().from(reportFiles).where(eq(reportFiles.id, job.fileId))
    return row
  })
  if (!file) return
  const note = (state: FileState, progress: number, more: object = {}) =>
    transaction(deps, WORKER, async tx => {
      await tx
        .update(reportFiles)
        .set({ state, progress, ...more })
        .where(and(eq(reportFiles.id, file.id), ne(reportFiles.state, 'done')))
      if (state === 'done' || state === 'failed') await finish(tx, deps, [job.eventId])
    })
  try {
    await note('running', 10)
    const period: ReportPeriod = { from: file.from ?? undefined, to: file.to ?? undefined }
    const actor = actorOf(file)
    // Not the moment at which a worker comes to it: the same request gives the same file.
    const at = (file.at ?? file.requestedAt).toISOString()
    const { report, park } = await transaction(deps, actor, async tx => ({
      report: await readReport(tx, deps, actor, { parkId: file.parkId, period, at, language: file.language }),
      park: await readPark(tx, file.parkId),
    }))
    await note('running', 50)
    const content = await renderReport(report, park.name, file.language, file.format)
    await note('done', 100, { content, bytes: content.length, finishedAt: deps.clock.now() })
  } catch (error) {
    deps.log.error({ err: error, fileId: file.id }, 'a report could not be made')
    await note('failed', 0, { finishedAt: deps.clock.now() })
  }
}

/** The administration that asked, and nobody with more rights than it. */
const actorOf = ({ organisationId, parkId }: { organisationId: string; parkId: string }): Member => ({
  kind: 'member',
  organisationId,
  organisationKind: 'park',
  role: 'editor',
  scopes: [],
  parkIds: [parkId],
  adminParkIds: [parkId],
})

/** Drops files that were kept long enough. */
export const dropOldFiles = (deps: Pick<Deps, 'db' | 'clock'>): Promise<unknown> =>
  transaction(deps, WORKER, tx =>
    tx
      .delete(reportFiles)
      .where(lt(reportFiles.requestedAt, new Date(deps.clock.now().getTime() - REPORT_FILES_KEPT_DAYS * DAY_MS))),
  )
