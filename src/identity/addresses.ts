import type { Deps } from '../platform/deps.ts'

/**
 * The page that takes a token. It stands behind `#`: browsers send that part to no server, so that it is in no log and no
 * referrer, and whoever only looks at a link to check it does not use it up.
 */
const pageOf = ({ config }: Pick<Deps, 'config'>, path: string, token: string): string =>
  `${(config.publicUrl ?? '').replace(/\/$/, '')}/${path}#token=${token}`

export const signInUrl = (deps: Pick<Deps, 'config'>, token: string): string => pageOf(deps, 'console/sign-in', token)
export const invitationUrl = (deps: Pick<Deps, 'config'>, token: string): string => pageOf(deps, 'join', token)
