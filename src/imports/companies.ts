import { and, eq, or } from 'drizzle-orm'
import { z } from 'zod'
import { type Recording, record } from '../audit/record.ts'
import type { Bilingual } from '../engine/types.ts'
import { invite } from '../identity/invitations.ts'
import { findStanding, insertMembership } from '../identity/memberships.ts'
import { Email, PersonName } from '../identity/person-schemas.ts'
import { CreditCode } from '../identity/schemas.ts'
import { readPark } from '../identity/service.ts'
import { organisations } from '../identity/tables.ts'
import { administers, type Member, type OrganisationKind } from '../platform/actor.ts'
import { sqlState, transaction, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { forbidden, ProblemError } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { Line } from '../platform/schemas.ts'
import { foldHeader } from './headers.ts'
import { unreadable, UnreadableFile } from './problems.ts'
import { openFile } from './read/open.ts'

export const COMPANY_ROWS_MAX = 500
export const COMPANY_BYTES_MAX = 1_048_576

/** What a park's list calls its columns. */
const COLUMNS: Record<string, string[]> = {
  name: ['企业名称', '公司名称', '单位名称', '名称', 'name', 'company', 'companyname'],
  creditCode: ['统一社会信用代码', '信用代码', '社会信用代码', 'creditcode', 'uscc'],
  contact: ['联系人', '联系人姓名', '姓名', 'contact', 'contactperson'],
  email: ['邮箱', '电子邮箱', '联系邮箱', '邮件', 'email', 'mail'],
  kind: ['类型', '企业类型', '单位类型', 'type', 'kind'],
}
const KINDS: Record<string, OrganisationKind> = {
  '': 'manufacturer',
  制造企业: 'manufacturer',
  制造业: 'manufacturer',
  制造商: 'manufacturer',
  工厂: 'manufacturer',
  manufacturer: 'manufacturer',
  供应商: 'vendor',
  AI供应商: 'vendor',
  人工智能企业: 'vendor',
  技术企业: 'vendor',
  vendor: 'vendor',
  科研院所: 'institute',
  高校: 'institute',
  研究院: 'institute',
  institute: 'institute',
  服务机构: 'provider',
  服务商: 'provider',
  provider: 'provider',
  政府部门: 'government',
  政府: 'government',
  government: 'government',
}

const Company = z.object({
  name: Line(200),
  creditCode: CreditCode,
  contact: PersonName,
  email: Email,
  kind: z
    .string()
    .transform(word => KINDS[word] ?? KINDS[word.toLowerCase()])
    .pipe(z.enum(['manufacturer', 'vendor', 'institute', 'provider', 'government'])),
})
type Company = z.infer<typeof Company>
type Field = keyof Company

const WRONG: Record<Field, Bilingual> = {
  name: { zh: '企业名称缺失或过长', en: 'The name is missing or too long' },
  creditCode: {
    zh: '统一社会信用代码无效（18 位，含校验码）',
    en: 'The unified social credit code is not valid (18 characters with a check character)',
  },
  contact: { zh: '联系人缺失或含不可见字符', en: 'The contact is missing or has characters that do not show' },
  email: { zh: '邮箱地址无效', en: 'The e-mail address is not valid' },
  kind: {
    zh: '类型不认识：请填制造企业、供应商、科研院所、服务机构或政府部门',
    en: 'The type is not known: manufacturer, vendor, institute, provider or government',
  },
}

type Refusal = { code: string; told: Bilingual }
const refusals = {
  elsewhere: {
    code: 'already_registered',
    told: {
      zh: '该名称或信用代码已在平台登记：请该企业自行申请入园',
      en: 'The name or credit code is registered already: the company asks to join by itself',
    },
  },
  twice: {
    code: 'already_invited',
    told: { zh: '该邮箱已受邀，或该企业已有人员', en: 'The address is invited already, or the company has people' },
  },
} satisfies Record<string, Refusal>

export type CompanyRow = { number: number; name: string } & (
  | { organisationId: string; invitationId: string; token: string }
  | { refusals: Refusal[] }
)

/**
 * Registers the companies of a list as members of the park and invites the first owner of each: row by row, so that a bad
 * row keeps none of the others back. Sending the same list again makes nothing twice.
 * @throws 403 unless the park's administration asks, 404, 422 for a file that cannot be read, lacks a column or is too large
 */
export const inviteCompanies = async (
  deps: Recording & Pick<Deps, 'db'>,
  actor: Member,
  parkId: string,
  body: AsyncIterable<Buffer>,
): Promise<CompanyRow[]> => {
  await transaction(deps, actor, tx => readPark(tx, parkId))
  if (!administers(actor, parkId))
    throw forbidden('只有园区管理方可以批量邀请企业', "Only the park's administration invites companies by a list")
  const rows: CompanyRow[] = []
  for (const { number, cells } of await readRows(body)) {
    const parsed = Company.safeParse(cells)
    const name = (cells['name'] ?? '').slice(0, 200)
    if (parsed.success) rows.push({ number, name, ...(await takeIn(deps, actor, parkId, parsed.data)) })
    else rows.push({ number, name, refusals: explain(parsed.error.issues.map(issue => String(issue.path[0]))) })
  }
  return rows
}

const explain = (paths: string[]): Refusal[] =>
  [...new Set(paths)].map(path => ({ code: `invalid_${path}`, told: WRONG[path as Field] }))

type CellsOfRow = { number: number; cells: Record<string, string> }

const readRows = async (body: AsyncIterable<Buffer>): Promise<CellsOfRow[]> => {
  try {
    const file = await openFile(limit(body))
    const columns = new Map<string, number>()
    let found: CellsOfRow[] = []
    for await (const row of file.rows) {
      if (columns.size === 0) for (const [field, at] of findColumns(file.head().headers)) columns.set(field, at)
      if (found.length === COMPANY_ROWS_MAX) throw tooMany
      const list = Array.isArray(row.cells) ? row.cells.map(String) : []
      const cells = Object.fromEntries([...columns].map(([field, at]) => [field, list[at] ?? '']))
      found = [...found, { number: row.number, cells: { kind: '', ...cells } }]
    }
    return found
  } catch (error) {
    throw error instanceof UnreadableFile ? unreadable(error.told) : error
  }
}

const tooMany = new UnreadableFile(
  `一次最多 ${COMPANY_ROWS_MAX} 行：请拆分文件`,
  `At most ${COMPANY_ROWS_MAX} rows at a time: send it in parts`,
)

/** @throws UnreadableFile where a column is missing that every row needs */
const findColumns = (headers: string[]): Map<string, number> => {
  const folded = headers.map(foldHeader)
  const found = new Map<string, number>()
  for (const [field, names] of Object.entries(COLUMNS)) {
    const at = folded.findIndex(header => names.some(name => foldHeader(name) === header))
    if (at >= 0) found.set(field, at)
  }
  const missing = Object.keys(COLUMNS).filter(field => field !== 'kind' && !found.has(field))
  if (missing.length > 0) {
    const names = missing.map(field => COLUMNS[field]?.[0] ?? field)
    throw new UnreadableFile(`缺少列：${names.join('、')}`, `It lacks the columns: ${missing.join(', ')}`)
  }
  return found
}

async function* limit(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > COMPANY_BYTES_MAX) throw new UnreadableFile('文件超过 1 MB', 'The file is larger than 1 MB')
    yield chunk
  }
}

/** One company in one transaction: found in the park or made, then invited. */
const takeIn = async (
  deps: Recording & Pick<Deps, 'db'>,
  actor: Member,
  parkId: string,
  company: Company,
): Promise<{ organisationId: string; invitationId: string; token: string } | { refusals: Refusal[] }> => {
  try {
    return await transaction(deps, actor, async tx => {
      const organisationId = await findOrMake(tx, deps, actor, parkId, company)
      if (organisationId === undefined) return { refusals: [refusals.elsewhere] }
      const { contact: name, email } = company
      const made = await invite(tx, deps, actor, organisationId, { email, name, role: 'owner' })
      return { organisationId, invitationId: made.id, token: made.secret }
    })
  } catch (error) {
    // The park cannot see who is registered elsewhere; the database can.
    const { code, constraint } = sqlState(error)
    if (code === '23505')
      return { refusals: [constraint === 'invitations_pending' ? refusals.twice : refusals.elsewhere] }
    if (error instanceof ProblemError && error.problem.status === 403) return { refusals: [refusals.twice] }
    throw error
  }
}

const findOrMake = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  parkId: string,
  { name, creditCode, kind }: Company,
): Promise<string | undefined> => {
  const [known] = await tx
    .select({ id: organisations.id })
    .from(organisations)
    .where(
      and(eq(organisations.isClaim, false), or(eq(organisations.creditCode, creditCode), eq(organisations.name, name))),
    )
  if (known) return (await findStanding(tx, parkId, known.id)) === undefined ? undefined : known.id
  const id = newId(deps, 'organisation')
  await tx.insert(organisations).values({ id, kind, name, creditCode, createdAt: deps.clock.now() })
  await record(tx, deps, actor, { action: 'organisation.created', objectId: id, parkId })
  await insertMembership(tx, deps, actor, { parkId, organisationId: id }, 'active')
  return id
}
