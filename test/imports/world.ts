import { eq } from 'drizzle-orm'
import type { FastifyInstance } from 'fastify'
import { events } from '../../src/events/tables.ts'
import { runImport } from '../../src/imports/run.ts'
import { transaction } from '../../src/platform/db.ts'
import type { Deps } from '../../src/platform/deps.ts'
import { bearer } from '../helper.ts'

export type Upload = { kind: 'scenarios' | 'capabilities'; parkId?: string; mapping?: string }

/** The calls that an import makes. */
export const createCalls = (app: FastifyInstance, deps: Deps) => {
  const call = async (key: string, method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: object) =>
    app.inject({ method, url: `/v1${url}`, headers: bearer(key), ...(payload ? { payload } : {}) })
  const upload = async (key: string, query: Upload, content: string | Buffer, type = 'text/csv') =>
    app.inject({
      method: 'POST',
      url: `/v1/imports?${new URLSearchParams(query).toString()}`,
      headers: { ...bearer(key), 'content-type': type },
      payload: content,
    })
  /** Does what a worker does when it gets the job of the import's start. */
  const work = async (importId: string, signal?: AbortSignal) => {
    const started = await transaction(deps, { kind: 'worker' }, tx =>
      tx.select().from(events).where(eq(events.type, 'import.started')),
    )
    const event = started.find(({ data }) => data['importId'] === importId)
    if (!event) throw new Error('it was not started')
    await runImport(deps, { eventId: event.id, importId }, signal)
  }
  const importAll = async (
    key: string,
    query: Upload,
    content: string | Buffer,
    options: object = {},
    type = 'text/csv',
  ) => {
    const uploaded = await upload(key, query, content, type)
    if (uploaded.statusCode !== 201) throw new Error(`${uploaded.statusCode} ${uploaded.body}`)
    const { id } = uploaded.json()
    const started = await call(key, 'POST', `/imports/${id}/start`, options)
    if (started.statusCode !== 202) throw new Error(`${started.statusCode} ${started.body}`)
    await work(id)
    return (await call(key, 'GET', `/imports/${id}`)).json()
  }
  return { call, upload, work, importAll }
}
