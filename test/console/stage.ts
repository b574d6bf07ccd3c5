import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { insertOwnLink } from '../../src/identity/sign-in.ts'
import type { OrganisationKind } from '../../src/platform/actor.ts'
import { transaction } from '../../src/platform/db.ts'
import { startWorkers } from '../../workers/start.ts'
import { makeCast } from '../flows/cast.ts'
import { build, eventually, makeOrganisation, makePerson } from '../helper.ts'

/** A served park with a demand, supplies and matches of several states, and a person for each role. */
export const setStage = async (t: Test) => {
  const { app, deps } = await build(t)
  const cast = await makeCast(deps, app)
  const workers = await startWorkers(deps)
  const address = (await app.listen({ port: 0, host: '127.0.0.1' })).replace('localhost', '127.0.0.1')
  t.after(() => workers.close())
  const operator = await makeOrganisation(deps, 'operator')
  const capability = await cast.publishCapability()
  await cast.publishCapability({ title: '冲压件视觉全检方案', trl: 6 })
  const scenario = await cast.publishScenario()
  const lonely = await cast.publishScenario({
    title: '厂区用电负荷预测',
    summary: '每月需量电费高，想提前一天知道用电高峰。',
    problems: ['pb.load-forecast'],
    goals: [],
    datasets: [],
  })
  const matchId = await eventually(async () => {
    const { items } = await cast.call(cast.factory.key, 'GET', `/scenarios/${scenario.id}/matches`)
    const found = (items as { id: string; capabilityId: string; explanation?: object }[]).find(
      match => match.capabilityId === capability.id && match.explanation,
    )
    return found?.id
  })
  const seats: Record<string, { id: string; kind: OrganisationKind }> = {
    park: { id: cast.park.organisationId, kind: 'park' },
    factory: { id: cast.factory.id, kind: 'manufacturer' },
    vendor: { id: cast.vendor.id, kind: 'vendor' },
    operator: { id: operator.id, kind: 'operator' },
  }
  /** A one-time link's token for a person of that role, made once for each. */
  const people = new Map<string, Promise<{ id: string; email: string }>>()
  const tokenOf = async (role: string): Promise<string> => {
    const person = await (people.get(role) ??
      people.set(role, makePerson(deps, [{ organisationId: seats[role]?.id ?? '' }])).get(role) ??
      Promise.reject(new Error(`no role ${role}`)))
    const { token } = await transaction(deps, { kind: 'worker' }, tx => insertOwnLink(tx, deps, person.id))
    return token
  }
  const sessionOf = async (role: string) => {
    const answer = await app.inject({
      method: 'POST',
      url: '/v1/sign-in-links/use',
      payload: { token: await tokenOf(role) },
    })
    const cookie = answer.cookies.find(entry => entry.name.endsWith('duijie_session'))
    if (!cookie) throw new Error(`nobody was signed in: ${answer.statusCode} ${answer.body}`)
    return { name: cookie.name, value: cookie.value }
  }
  return { app, deps, cast, address, capability, scenario, lonely, matchId, tokenOf, sessionOf }
}

const folder = process.env['CONSOLE_SCREENSHOTS']

/** Where a screenshot of a page goes, for those who want to look: CONSOLE_SCREENSHOTS names a folder. */
export const screenshotPath = (name: string): string | undefined => {
  if (folder === undefined) return undefined
  mkdirSync(folder, { recursive: true })
  return join(folder, `${name.replace(/[^a-z0-9-]+/gi, '_')}.png`)
}
