import { buildApp } from '../../src/app.ts'
import { insertPerson, insertPosition } from '../../src/identity/people.ts'
import { insertOwnLink } from '../../src/identity/sign-in.ts'
import { boot } from '../../src/platform/boot.ts'
import { parseConfig } from '../../src/platform/config.ts'
import { transaction } from '../../src/platform/db.ts'
import { ADMINISTRATION, PARK } from './world.ts'

const RUNS = 5

/**
 * How long the server works on each page that a park's administration opens, signed in, without a network: the median of
 * five after one that is not counted. What a page asks for afterwards, the figures of the report, is measured apart.
 */
export const measurePages = async (databaseUrl: string): Promise<Record<string, number>> => {
  const config = parseConfig({
    NODE_ENV: 'production',
    PUBLIC_URL: 'https://bench.example.com',
    DATABASE_URL: databaseUrl,
    SECRETS_KEY: `bench:${Buffer.alloc(32, 7).toString('base64')}`,
    LOG_LEVEL: 'silent',
    RATE_PER_KEY_MAX: '0',
    RATE_PER_ADDRESS_MAX: '0',
    EVENT_LOOP_DELAY_MS_MAX: '0',
  })
  const booted = await boot(config)
  const app = await buildApp(booted.deps)
  try {
    const token = await transaction(booted.deps, { kind: 'worker' }, async tx => {
      const personId = await insertPerson(tx, booted.deps, { email: 'bench@example.com', name: '陈工', language: 'zh' })
      await insertPosition(tx, booted.deps, { personId, organisationId: ADMINISTRATION, role: 'owner' })
      return (await insertOwnLink(tx, booted.deps, personId)).token
    })
    const signedIn = await app.inject({ method: 'POST', url: '/v1/sign-in-links/use', payload: { token } })
    const cookie = signedIn.cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
    const times: Record<string, number> = {}
    for (const url of listPages()) {
      const open = async () => {
        const answer = await app.inject({ url, headers: { cookie } })
        if (answer.statusCode !== 200) throw new Error(`${url}: ${answer.statusCode} ${answer.body.slice(0, 300)}`)
      }
      await open()
      const runs: number[] = []
      for (let run = 0; run < RUNS; run++) {
        const start = performance.now()
        await open()
        runs.push(performance.now() - start)
      }
      times[url.replaceAll(/_0*(?=\d)|_b+/g, '_')] = Math.round(
        runs.toSorted((a, b) => a - b)[Math.floor(RUNS / 2)] ?? 0,
      )
    }
    return times
  } finally {
    await app.close()
    await booted.close()
  }
}

const listPages = (): string[] => {
  const id = (prefix: string, number: number) => `${prefix}_${String(number).padStart(26, '0')}`
  return [
    `/console/parks/${PARK}`,
    '/console/scenarios',
    `/console/scenarios/${id('scn', 500)}`,
    '/console/capabilities',
    '/console/matches',
    `/console/matches/${id('mat', 10_010)}`,
    '/console/decisions',
  ]
}
