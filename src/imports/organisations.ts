import { and, eq, inArray, or, sql } from 'drizzle-orm'
import type { Bilingual } from '../engine/types.ts'
import { isCreditCode } from '../identity/credit-code.ts'
import { type MembershipState, memberships, organisations } from '../identity/tables.ts'
import type { OrganisationKind } from '../platform/actor.ts'
import type { Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { newId } from '../platform/ids.ts'
import { foldName, namesLike, writtenLike } from './names.ts'
import type { NamedOrganisation } from './rows.ts'
import { organisationAliases } from './tables.ts'

type Making = Pick<Deps, 'clock' | 'random'>
type Known = {
  id: string
  kind: OrganisationKind
  creditCode: string | null
  state: MembershipState | undefined
}
type NewOrganisation = { id: string; name: string; kind: OrganisationKind; creditCode: string | null }

/** What a chunk of rows brings for the park besides the rows: written in the transaction of the chunk. */
export type Arrivals = { made: NewOrganisation[]; admitted: string[]; aliases: { alias: string; id: string }[] }
export const noArrivals = (): Arrivals => ({ made: [], admitted: [], aliases: [] })

/** Everybody whom a park's list may name: by folded name, by alias, by credit code. */
export type Directory = { byName: Map<string, Known>; byCode: Map<string, Known> }

/** The park's members with the aliases of its lists. */
export const loadDirectory = async (tx: Tx, parkId: string): Promise<Directory> => {
  const directory: Directory = { byName: new Map(), byCode: new Map() }
  const members = await tx
    .select({ organisation: organisations, state: memberships.state })
    .from(memberships)
    .innerJoin(organisations, eq(organisations.id, memberships.organisationId))
    .where(eq(memberships.parkId, parkId))
  const byId = new Map(members.map(row => [row.organisation.id, remember(directory, row.organisation, row.state)]))
  for (const { alias, organisationId } of await tx
    .select()
    .from(organisationAliases)
    .where(eq(organisationAliases.parkId, parkId))) {
    const known = byId.get(organisationId)
    if (known && !directory.byName.has(alias)) directory.byName.set(alias, known)
  }
  return directory
}

/** Adds organisations of other parks that rows name exactly, or by their credit code. */
export const lookUpOthers = async (tx: Tx, directory: Directory, named: NamedOrganisation[]): Promise<void> => {
  const names = named.flatMap(({ name }) => (name && !findByName(directory, name) ? writtenLike(name) : []))
  const codes = named.flatMap(({ creditCode }) => (creditCode && !directory.byCode.has(creditCode) ? [creditCode] : []))
  if (names.length + codes.length === 0) return
  const found = await tx
    .select()
    .from(organisations)
    .where(
      and(
        eq(organisations.isClaim, false),
        or(
          sql`${organisations.name} = any(${textList(names)})`,
          sql`${organisations.nameEn} = any(${textList(names)})`,
          sql`${organisations.creditCode} = any(${textList(codes)})`,
        ),
      ),
    )
  for (const row of found) if (!directory.byName.has(foldName(row.name))) remember(directory, row, undefined)
}

const textList = (values: string[]) => sql`array(select jsonb_array_elements_text(${JSON.stringify(values)}::jsonb))`

const remember = (
  directory: Directory,
  row: { id: string; kind: OrganisationKind; name: string; nameEn?: string | null; creditCode: string | null },
  state: MembershipState | undefined,
): Known => {
  const known: Known = { id: row.id, kind: row.kind, creditCode: row.creditCode, state }
  for (const name of [row.name, row.nameEn])
    if (name && !directory.byName.has(foldName(name))) directory.byName.set(foldName(name), known)
  if (row.creditCode) directory.byCode.set(row.creditCode, known)
  return known
}

const findByName = (directory: Directory, name: string): Known | undefined =>
  namesLike(name)
    .map(like => directory.byName.get(like))
    .find(known => known !== undefined)

export type Resolved = { id: string } | { refused: Bilingual }

/** The code as it is written in the register, whatever a list made of it. */
export const tidyCode = (code: string): string => code.replace(/[\s-]/g, '').toUpperCase()

/**
 * Whose row it is: found by credit code, name or alias among the park's members and those the list names exactly, or
 * newly registered as `kind`. What is new is noted in `arrivals` and found by the next row.
 */
export const resolveOrganisation = (
  deps: Making,
  directory: Directory,
  named: NamedOrganisation,
  kinds: { made: OrganisationKind; allowed: readonly OrganisationKind[] },
  arrivals: Arrivals,
): Resolved => {
  const { name, creditCode: code } = named
  if (code !== undefined && !isCreditCode(code))
    return refuse(`统一社会信用代码 ${code} 校验不通过`, `the check character of credit code ${code} is wrong`)
  const byCode = code === undefined ? undefined : directory.byCode.get(code)
  const byName = name === undefined ? undefined : findByName(directory, name)
  if (byCode && byName && byCode.id !== byName.id)
    return refuse('名称与统一社会信用代码属于不同企业', 'name and credit code belong to different organisations')
  const known = byCode ?? byName
  if (known && code !== undefined && known.creditCode !== null && known.creditCode !== code)
    return refuse('该企业登记的统一社会信用代码不同', 'the organisation is registered under another credit code')
  if (!known && name === undefined) return refuse('缺少企业名称', 'the organisation is not named')
  const found =
    known ?? makeOrganisation(deps, directory, { name: name ?? '', code: code ?? null }, kinds.made, arrivals)
  const refused = admit(found, kinds.allowed, arrivals)
  if (refused) return refused
  noteAliases(directory, found, named, arrivals)
  return { id: found.id }
}

const refuse = (zh: string, en: string): Resolved => ({ refused: { zh, en } })

const makeOrganisation = (
  deps: Making,
  directory: Directory,
  { name, code }: { name: string; code: string | null },
  kind: OrganisationKind,
  arrivals: Arrivals,
): Known => {
  const made = { id: newId(deps, 'organisation'), name: name.slice(0, 200), kind, creditCode: code }
  arrivals.made.push(made)
  arrivals.admitted.push(made.id)
  return remember(directory, made, 'active')
}

/** A park speaks for its active members, and admits those whom everybody may see; a factory of elsewhere is asked first. */
const admit = (found: Known, allowed: readonly OrganisationKind[], arrivals: Arrivals): Resolved | undefined => {
  if (!allowed.includes(found.kind))
    return refuse(
      `该单位的类型（${found.kind}）不能有此类记录`,
      `an organisation of kind ${found.kind} has no such rows`,
    )
  if (found.state === 'active') return undefined
  if (found.state === 'suspended')
    return refuse('该企业在本园区的成员资格已暂停', "the organisation's membership is suspended")
  if (found.state === undefined && found.kind === 'manufacturer')
    return refuse(
      '该企业已在平台登记，但不是本园区成员：请先由企业申请入园',
      'the organisation is registered but no member of this park: it has to ask to join first',
    )
  found.state = 'active'
  arrivals.admitted.push(found.id)
  return undefined
}

const noteAliases = (directory: Directory, found: Known, named: NamedOrganisation, arrivals: Arrivals): void => {
  const names = [...named.aliases, ...(named.name === undefined ? [] : [named.name])]
  for (const alias of new Set(names.map(foldName))) {
    if (alias === '' || directory.byName.has(alias)) continue
    directory.byName.set(alias, found)
    arrivals.aliases.push({ alias, id: found.id })
  }
}

/** Writes what came with a chunk of rows. */
export const writeArrivals = async (tx: Tx, deps: Making, parkId: string, arrivals: Arrivals): Promise<void> => {
  const createdAt = deps.clock.now()
  if (arrivals.made.length > 0)
    await tx.insert(organisations).values(arrivals.made.map(organisation => ({ ...organisation, createdAt })))
  const admitted = [...new Set(arrivals.admitted)]
  if (admitted.length > 0)
    await tx
      .insert(memberships)
      .values(
        admitted.map(organisationId => ({
          parkId,
          organisationId,
          state: 'active' as const,
          createdAt,
          decidedAt: createdAt,
        })),
      )
      .onConflictDoUpdate({
        target: [memberships.parkId, memberships.organisationId],
        set: { state: 'active', decidedAt: createdAt },
      })
  if (arrivals.aliases.length > 0)
    await tx
      .insert(organisationAliases)
      .values(arrivals.aliases.map(({ alias, id }) => ({ parkId, alias, organisationId: id, createdAt })))
      .onConflictDoNothing()
}

/** Whether a row that names an organisation means this one: an organisation imports its own rows only. */
export const meansOwn = async (tx: Tx, id: string): Promise<(named: NamedOrganisation) => boolean> => {
  const [own] = await tx
    .select()
    .from(organisations)
    .where(inArray(organisations.id, [id]))
  const names = new Set([own?.name, own?.nameEn].flatMap(name => (name ? namesLike(name) : [])))
  return ({ name, creditCode }) =>
    (name === undefined || namesLike(name).some(like => names.has(like))) &&
    (creditCode === undefined || !own?.creditCode || own.creditCode === creditCode)
}
