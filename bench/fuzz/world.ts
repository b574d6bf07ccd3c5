import type { FastifyInstance } from 'fastify'
import { insertKey, insertPark } from '../../src/identity/service.ts'
import { organisations, parks } from '../../src/identity/tables.ts'
import { transaction } from '../../src/platform/db.ts'
import type { Deps } from '../../src/platform/deps.ts'
import { newId } from '../../src/platform/ids.ts'
import type { Known } from './generate.ts'

export type FuzzWorld = { keys: string[]; known: Known }

/** A park with a factory, a vendor and one of each thing, so that generated requests find something to work on. */
export const makeFuzzWorld = async (app: FastifyInstance, deps: Deps): Promise<FuzzWorld> => {
  const operator = newId(deps, 'organisation')
  const { parkId, parkKey, operatorKey } = await transaction(deps, { kind: 'worker' }, async tx => {
    const park = await insertPark(tx, deps, {
      slug: 'fuzz',
      name: '模糊园区',
      region: '广东',
      timeZone: 'Asia/Shanghai',
    })
    const [row] = await tx.select().from(parks)
    const createdAt = deps.clock.now()
    await tx.insert(organisations).values({ id: operator, kind: 'operator', name: '运营方', createdAt })
    const keyOf = (id: string) =>
      insertKey(tx, deps, { organisationId: id, madeById: id }, { name: 'fuzz', role: 'owner' })
    const administration = await keyOf(row?.organisationId ?? '')
    return { parkId: park.id, parkKey: administration.secret, operatorKey: (await keyOf(operator)).secret }
  })
  const call = async (key: string, path: string, payload: object) => {
    const answer = await app.inject({
      method: 'POST',
      url: `/v1${path}`,
      headers: { authorization: `Bearer ${key}` },
      payload,
    })
    if (answer.statusCode >= 400) throw new Error(`${path}: ${answer.body}`)
    return answer.json<{ id: string; key?: string }>()
  }
  const join = async (kind: string, name: string) => {
    const { id } = await call(parkKey, '/organisations', { kind, name, parkId })
    return { id, key: (await call(parkKey, `/organisations/${id}/keys`, { name: 'fuzz', role: 'owner' })).key ?? '' }
  }
  const factory = await join('manufacturer', '模糊工厂')
  const vendor = await join('vendor', '模糊供应商')
  const scenario = await call(factory.key, '/scenarios', { title: '划痕漏检', parkId, publish: true })
  const capability = await call(vendor.key, '/capabilities', { title: '表面检测', publish: true })
  const endpoint = await call(vendor.key, '/webhook-endpoints', {
    url: 'http://127.0.0.1:19997/hook',
    eventTypes: ['match.*'],
  })
  const resource = await call(parkKey, '/resources', { parkId, element: 'data', kind: 'rs.labelbase', title: '标注' })
  return {
    keys: [parkKey, operatorKey, factory.key, vendor.key],
    known: {
      parkId,
      organisationId: factory.id,
      vendorId: vendor.id,
      scenarioId: scenario.id,
      capabilityId: capability.id,
      endpointId: endpoint.id,
      resourceId: resource.id,
    },
  }
}
