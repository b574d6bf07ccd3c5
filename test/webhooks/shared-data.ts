import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Where a file of the shared test data lies; `skip` says so where it is absent, except in CI, where the test then fails. */
export function sharedData(name: string): { path: string; skip: string | false } {
  const path = fileURLToPath(new URL(`../../../shared/data/${name}`, import.meta.url))
  const maySkip = !existsSync(path) && process.env['CI'] !== 'true'
  return { path, skip: maySkip && `${name} is not on this machine` }
}
