import { sql } from 'drizzle-orm'
import { rowsOf, transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { createSaidTexts, type SaidTexts } from './duplicates.ts'
import type { ImportKind } from './tables.ts'

const PAGE = 5_000
const WORKER = { kind: 'worker' } as const
type Row = { id: string; organisationId: string; title: string; summary: string | null }

/** What each organisation has said, read once for each organisation that an import comes across. */
export type TextArchive = {
  load: (organisationIds: string[]) => Promise<void>
  of: (organisationId: string) => SaidTexts
}

/** The text by which two things of one organisation are held against each other. */
export const comparedText = (thing: { title?: unknown; summary?: unknown }): string =>
  [thing.title, thing.summary].filter(part => typeof part === 'string').join('\n')

export const createTextArchive = (deps: Pick<Deps, 'db'>, kind: ImportKind): TextArchive => {
  const archive = new Map<string, SaidTexts>()
  const of = (organisationId: string): SaidTexts => {
    const known = archive.get(organisationId) ?? createSaidTexts()
    archive.set(organisationId, known)
    return known
  }
  return {
    of,
    load: async organisationIds => {
      const missing = [...new Set(organisationIds)].filter(id => !archive.has(id))
      if (missing.length === 0) return
      for (const id of missing) of(id)
      let after: Row | undefined
      do {
        const page = await readPage(deps, kind, missing, after)
        for (const row of page) of(row.organisationId).add(row.id, comparedText(row))
        after = page.length === PAGE ? page.at(-1) : undefined
        await new Promise(setImmediate)
      } while (after)
    },
  }
}

const TABLES = {
  scenarios: {
    head: sql`scenarios`,
    shared: sql`scenario_shared`,
    sealed: sql`scenario_sealed`,
    key: sql`scenario_id`,
  },
  capabilities: {
    head: sql`capabilities`,
    shared: sql`capability_shared`,
    sealed: sql`capability_sealed`,
    key: sql`capability_id`,
  },
}

/** A summary stands in the body of the tier that its owner gave it. */
const readPage = (
  deps: Pick<Deps, 'db'>,
  kind: ImportKind,
  organisationIds: string[],
  after: Row | undefined,
): Promise<Row[]> =>
  transaction(deps, WORKER, async tx => {
    const { head, shared, sealed, key } = TABLES[kind]
    return rowsOf<Row>(
      await tx.execute(sql`select h.id, h.organisation_id as "organisationId", h.title,
        coalesce(h.body ->> 'summary', s.body ->> 'summary', d.body ->> 'summary') as summary
      from ${head} h left join ${shared} s on s.${key} = h.id left join ${sealed} d on d.${key} = h.id
      where h.organisation_id = any(array(select jsonb_array_elements_text(${JSON.stringify(organisationIds)}::jsonb)))
        and h.state in ('draft', 'published') and (h.organisation_id, h.id) > (${after?.organisationId ?? ''}, ${after?.id ?? ''})
      order by h.organisation_id, h.id limit ${PAGE}`),
    )
  })
