import type { Member } from '../platform/actor.ts'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { BYTE_ORDER_MARK, toCsv } from './export.ts'
import { listRefused } from './service.ts'
import type { Cells } from './tables.ts'

const PAGE = 1_000
/** Headers of the three columns before those of the file. None is the name of a field, so that the file can be sent again. */
const BEFORE = ['行号 Row', '原因', 'Reason']

/** The rows that were not taken in, as they came, with number and reason before them. */
export async function* refusedCsv(
  deps: Pick<Deps, 'db'>,
  actor: Member,
  list: { id: string; headers: string[] },
): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK + toCsv([[...BEFORE, ...(list.headers.length > 0 ? list.headers : ['JSON'])]])
  for (let after = 0; ; ) {
    const page = await transaction(deps, actor, tx => listRefused(tx, list.id, after, PAGE))
    const refused = page.flatMap(({ row, reason, cells }) =>
      reason ? [[String(row), reason.zh, reason.en, ...cellsOf(cells)]] : [],
    )
    if (refused.length > 0) yield toCsv(refused)
    const last = page.at(-1)
    if (page.length < PAGE || !last) return
    after = last.row
  }
}

const cellsOf = (cells: Cells): string[] => (Array.isArray(cells) ? cells : [JSON.stringify(cells)])
