import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { DEMO_MANUFACTURER, DEMO_VENDOR } from '../../../seeds/data/demo-texts.ts'
import { DONGGUAN } from '../../../seeds/data/parks.ts'
import { loadSeeds } from '../../../seeds/load.ts'
import { insertKey } from '../../identity/service.ts'
import { apiKeys, parks } from '../../identity/tables.ts'
import { transaction } from '../../platform/db.ts'
import type { Deps } from '../../platform/deps.ts'
import { sha256 } from '../../platform/secrets.ts'

type Player = { organisationId: string; key: string }
/** Who acts in the demonstration, with a key each. */
export type Cast = { parkId: string; factory: Player; vendor: Player; park: Player }

const FILE = 'demo-keys.json'

/** Loads the seeds and finds, or makes once, a key for the factory, the vendor and the park. */
export const ensureCast = async (deps: Deps, say: (line: string) => void): Promise<Cast> => {
  const { dataDir } = deps.config
  const seeded = await loadSeeds(deps, (done, of) => {
    if (done % 50 === 0 || done === of) say(`seeds ${done} of ${of}`)
  })
  if (seeded.made > 0) say(`${seeded.made} seeds were new`)
  const parkId = seeded.parks.get(DONGGUAN) ?? ''
  const [park] = await transaction(deps, { kind: 'worker' }, tx => tx.select().from(parks).where(eq(parks.id, parkId)))
  const keys = readKeys(dataDir)
  const player = async (role: string, organisationId: string): Promise<Player> => {
    const key = await ensureKey(deps, organisationId, keys[role])
    keys[role] = key
    return { organisationId, key }
  }
  const cast = {
    parkId,
    factory: await player('factory', seeded.organisations.get(DEMO_MANUFACTURER) ?? ''),
    vendor: await player('vendor', seeded.organisations.get(DEMO_VENDOR) ?? ''),
    park: await player('park', park?.organisationId ?? ''),
  }
  mkdirSync(dataDir, { recursive: true })
  writeFileSync(join(dataDir, FILE), JSON.stringify(keys, null, 2), { mode: 0o600 })
  return cast
}

const readKeys = (dataDir: string): Record<string, string> => {
  const file = join(dataDir, FILE)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : {}
}

const ensureKey = (deps: Deps, organisationId: string, known: string | undefined): Promise<string> =>
  transaction(deps, { kind: 'worker' }, async tx => {
    if (known !== undefined) {
      const [row] = await tx
        .select()
        .from(apiKeys)
        .where(eq(apiKeys.hash, sha256(known)))
      if (row && row.organisationId === organisationId && row.revokedAt === null) return known
    }
    const made = await insertKey(
      tx,
      deps,
      { organisationId, madeById: organisationId },
      { name: 'demo', role: 'owner' },
    )
    return made.secret
  })
