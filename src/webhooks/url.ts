import type { Deps } from '../platform/deps.ts'
import { refusedUrl } from './problems.ts'

/** Asks the name servers, so it must not be called within a transaction. @throws 422 for an address that is not public */
export const checkUrl = async (deps: Pick<Deps, 'egress'>, url: string): Promise<void> => {
  const verdict = await deps.egress.check(url)
  if (!verdict.allowed) throw refusedUrl(verdict.rule)
}
