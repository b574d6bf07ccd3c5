import { Resolver } from 'node:dns/promises'
import { EgressError } from './failure.ts'

/**
 * All addresses of a name, both families, aliases followed; none when the name does not exist.
 * @throws EgressError `dns_failure` or `dns_timeout`.
 */
export type ResolveHost = (name: string) => Promise<readonly string[]>

const NOT_FOUND: ReadonlySet<unknown> = new Set(['ENOTFOUND', 'ENODATA'])

export interface ResolverOptions {
  /** Of one question to one server. */
  timeoutMs?: number
  tries?: number
  /** Name servers, as `address` or `address:port`; by default those of the system. */
  servers?: readonly string[]
}

/**
 * Asks the configured name servers themselves. The system's `getaddrinfo` is not used: it also reads the hosts file and
 * search lists, and one name server that hangs would occupy a thread of the small pool that all file access shares.
 */
export function createResolver(options: ResolverOptions = {}): ResolveHost {
  const { timeoutMs = 2_000, tries = 2, servers } = options
  const resolver = new Resolver({ timeout: timeoutMs, tries })
  if (servers) resolver.setServers(servers)
  return async name => {
    // The root dot keeps c-ares from trying search domains.
    const answers = await Promise.allSettled([resolver.resolve4(`${name}.`), resolver.resolve6(`${name}.`)])
    const addresses = answers.flatMap(answer => (answer.status === 'fulfilled' ? answer.value : []))
    const failure = answers.map(codeOf).find(code => code !== undefined && !NOT_FOUND.has(code))
    if (addresses.length > 0 || failure === undefined) return addresses
    throw failure === 'ETIMEOUT'
      ? new EgressError({ code: 'dns_timeout', message: 'The name servers did not answer in time.' })
      : new EgressError({ code: 'dns_failure', message: `The name servers answered with an error (${failure}).` })
  }
}

function codeOf(answer: PromiseSettledResult<string[]>): string | undefined {
  if (answer.status === 'fulfilled') return undefined
  const reason: unknown = answer.reason
  return reason instanceof Error && 'code' in reason ? String(reason.code) : 'unknown'
}
