import type { Role } from '../../src/platform/actor.ts'
import type { Name } from './canaries.ts'
import type { World } from './cast.ts'

/**
 * Who may use a route on the things of the cast, and from which role on; whoever is not named is refused. `open` asks for
 * no key; `person` is for people who are signed in, so a key gets nowhere. A route that is not listed here fails the
 * test: it must be classified first.
 */
export type Rule = {
  who: Name[] | 'everyone' | 'open' | 'person'
  from?: Role
  /** Of these, only people who are signed in. */
  isPersonal?: true
  body?: object | string | ((world: World) => object)
  /** What a query must say, and how a body is typed that is no JSON. */
  query?: string | ((world: World) => string)
  contentType?: string
  /** The same route on another thing than the one of the cast, with its own list of who may. */
  places?: Place[]
  /** Ends something that other rules need: tried last by those who may, and one of them must get through. */
  isLast?: true
  /** Has no end that could be waited for: what comes first is read, and the connection closed. */
  isStream?: true
}
export type Place = {
  ids: Record<string, string>
  who: Name[] | 'everyone'
  /** Only those who may not are tried. */
  isQuiet?: boolean
}

export const IN_PARK: Name[] = ['F', 'G', 'V0', 'V1', 'V2', 'U', 'PA']
export const WITH_OPERATOR: Name[] = [...IN_PARK, 'O']
export const PARTIES: Name[] = ['F', 'V2']
/** Who is in the consortium or invited to it, and who decides about it. */
export const ASKED: Name[] = ['F', 'V1', 'V2', 'PA']
export const STEERING: Name[] = ['F', 'PA']
export const CHALLENGE = { consortiumId: 'challengeId' }
export const WAITING: Place[] = [{ ids: { importId: 'waitingImportId' }, who: ['F'] }]
/** The same report as a file of each format. */
export const FILES: Place[] = ['file1Id', 'file2Id', 'file3Id', 'file4Id'].map(fileId => ({
  ids: { fileId },
  who: ['PA'],
}))
export const reader = (who: Rule['who']): Rule => ({ who, from: 'reader' })
export const editor = (who: Rule['who'], body?: Rule['body'], more: Partial<Rule> = {}): Rule => ({
  who,
  from: 'editor',
  ...(body ? { body } : {}),
  ...more,
})
/** A page of the console, or a form on one. */
export const page = (who: Rule['who'], more: Partial<Rule> = {}): Rule => ({ who, isPersonal: true, ...more })
export const EVERYONE: Name[] = ['F', 'V0', 'V1', 'V2', 'G', 'U', 'H', 'W', 'PA', 'PB', 'O']
