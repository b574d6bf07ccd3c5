import { createHash } from 'node:crypto'
import { and, eq, inArray, isNull } from 'drizzle-orm'
import { record, type Recording } from '../audit/record.ts'
import type { Bilingual } from '../engine/types.ts'
import { administers, type Member } from '../platform/actor.ts'
import { OFFERING_KINDS } from '../capabilities/service.ts'
import { readPark } from '../identity/service.ts'
import { sqlState, transaction, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { forbidden } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { POSTING_KINDS } from '../scenarios/service.ts'
import { recogniseColumns } from './headers.ts'
import { LIMITS } from './limits.ts'
import { unreadable, UnreadableFile } from './problems.ts'
import type { FileHead } from './read/file.ts'
import { openFile } from './read/open.ts'
import type { Stage } from './stage.ts'
import { type ImportKind, importMappings, imports, type Mapping } from './tables.ts'

const WORKER = { kind: 'worker' } as const
export type UploadDeps = Pick<Deps, 'db'> & Recording & { stage: Stage }
export type UploadQuery = {
  kind: ImportKind
  parkId?: string | undefined
  fileName: string
  mapping?: string | undefined
}

/**
 * Reads a file as it arrives into the staging table. The same file for the same place is the import that it was the
 * first time. An upload that breaks off, or that cannot be read to its end, is marked incomplete and never imported.
 * @throws 403 for a place that is not the actor's, 404 for an unknown park, 422 for a file that cannot be read
 */
export const receiveUpload = async (
  deps: UploadDeps,
  actor: Member,
  query: UploadQuery,
  body: AsyncIterable<Buffer>,
): Promise<{ id: string; isNew: boolean }> => {
  const id = newId(deps, 'import')
  await transaction(deps, actor, tx => begin(tx, deps, actor, { id, ...query }))
  try {
    const { bytes, digest, length } = measure(body)
    const file = await openFile(bytes)
    await deps.stage.take({ importId: id, organisationId: actor.organisationId }, file.rows)
    const whole = { id, query, head: file.head(), fileHash: digest(), bytes: length() }
    const sameId = await finishUpload(deps, actor, whole)
    if (sameId !== undefined) await markIncomplete(deps, id, sentBefore(sameId))
    return { id: sameId ?? id, isNew: sameId === undefined }
  } catch (error) {
    const told = error instanceof UnreadableFile ? error.told : undefined
    await markIncomplete(deps, id, told ?? BROKEN_OFF)
    throw told ? unreadable(told) : error
  }
}

const sentBefore = (id: string): Bilingual => ({
  zh: `同一文件此前已上传：见 ${id}`,
  en: `The same file was sent before: see ${id}`,
})

const BROKEN_OFF = {
  zh: '上传中断：未导入任何数据，请重新上传',
  en: 'The upload broke off: nothing was imported, send it again',
}

const begin = async (tx: Tx, deps: UploadDeps, actor: Member, upload: UploadQuery & { id: string }): Promise<void> => {
  const { id, kind, parkId, fileName } = upload
  const forMembers = await checkPlace(tx, actor, kind, parkId)
  const now = deps.clock.now()
  await tx.insert(imports).values({
    id,
    kind,
    organisationId: actor.organisationId,
    parkId: parkId ?? null,
    forMembers,
    fileName,
    state: 'uploading',
    createdAt: now,
    updatedAt: now,
  })
}

/** A park imports the lists of its members, an organisation its own. @returns whether it is a park's */
const checkPlace = async (tx: Tx, actor: Member, kind: ImportKind, parkId: string | undefined): Promise<boolean> => {
  if (parkId !== undefined) {
    await readPark(tx, parkId)
    if (administers(actor, parkId)) return true
    if (!actor.parkIds.includes(parkId))
      throw forbidden('贵单位不是该园区的有效成员', 'Your organisation is not an active member of this park')
  } else if (kind === 'scenarios' || actor.parkIds.length === 0)
    throw forbidden('请用 parkId 指明园区', 'Name the park by parkId')
  const kinds = kind === 'scenarios' ? POSTING_KINDS : OFFERING_KINDS
  if (!kinds.includes(actor.organisationKind))
    throw forbidden('贵单位的类型不能导入此类数据', 'An organisation of your kind has no such rows')
  return false
}

/** Counts and hashes what goes through. @throws UnreadableFile beyond the largest file */
const measure = (body: AsyncIterable<Buffer>) => {
  const hash = createHash('sha256')
  let bytes = 0
  async function* through() {
    for await (const chunk of body) {
      bytes += chunk.length
      if (bytes > LIMITS.bytesMax)
        throw new UnreadableFile('文件超过 1 GB：请拆分文件', 'The file is larger than 1 GB: send it in parts')
      hash.update(chunk)
      yield chunk
    }
  }
  return { bytes: through(), digest: () => hash.digest('hex'), length: () => bytes }
}

type Finished = { id: string; query: UploadQuery; head: FileHead; fileHash: string; bytes: number }

/** Makes the upload ready to start. @returns the import that the same file made before, if there is one */
const finishUpload = async (deps: UploadDeps, actor: Member, upload: Finished): Promise<string | undefined> => {
  const stage = () =>
    transaction(deps, actor, async tx => {
      const sameId = await findSame(tx, actor, upload)
      if (sameId === undefined) await makeReady(tx, deps, actor, upload)
      return sameId
    })
  try {
    return await stage()
  } catch (error) {
    // Sent twice at the same time: now the other one stands.
    if (sqlState(error).constraint !== 'imports_file') throw error
    return stage()
  }
}

const findSame = async (tx: Tx, actor: Member, { query, fileHash }: Finished): Promise<string | undefined> => {
  const [same] = await tx
    .select({ id: imports.id })
    .from(imports)
    .where(
      and(
        eq(imports.organisationId, actor.organisationId),
        eq(imports.kind, query.kind),
        query.parkId === undefined ? isNull(imports.parkId) : eq(imports.parkId, query.parkId),
        eq(imports.fileHash, fileHash),
        inArray(imports.state, ['staged', 'running', 'completed']),
      ),
    )
  return same?.id
}

const makeReady = async (
  tx: Tx,
  deps: UploadDeps,
  actor: Member,
  { id, query, head, fileHash, bytes }: Finished,
): Promise<void> => {
  await record(tx, deps, actor, { action: 'import.uploaded', objectId: id, parkId: query.parkId })
  const kept = query.mapping === undefined ? undefined : await readMapping(tx, actor, query.kind, query.mapping)
  await tx
    .update(imports)
    .set({
      format: head.format,
      encoding: head.encoding ?? null,
      delimiter: head.delimiter ?? null,
      headers: head.headers,
      mapping: { ...recogniseColumns(query.kind, head.headers), ...kept },
      fileHash,
      bytes,
      state: 'staged',
      updatedAt: deps.clock.now(),
    })
    .where(and(eq(imports.id, id), eq(imports.state, 'uploading')))
}

const readMapping = async (tx: Tx, actor: Member, kind: ImportKind, name: string): Promise<Mapping | undefined> => {
  const [row] = await tx
    .select()
    .from(importMappings)
    .where(
      and(
        eq(importMappings.organisationId, actor.organisationId),
        eq(importMappings.kind, kind),
        eq(importMappings.name, name),
      ),
    )
  return row?.columns
}

const markIncomplete = (deps: UploadDeps, id: string, problem: Bilingual): Promise<void> =>
  transaction(deps, WORKER, async tx => {
    await tx
      .update(imports)
      .set({ state: 'incomplete', problem, updatedAt: deps.clock.now() })
      .where(and(eq(imports.id, id), eq(imports.state, 'uploading')))
  })
