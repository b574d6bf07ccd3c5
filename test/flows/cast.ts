import type { FastifyInstance } from 'fastify'
import type { Deps } from '../../src/platform/deps.ts'
import { bearer, makeOrganisation, makePark } from '../helper.ts'

/** A demand and a supply that fit each other well above the threshold. */
export const SCENARIO = {
  title: '冲压件表面划痕漏检',
  summary: '冲压件表面划痕靠人工目检，漏检率2%，客户投诉多，想用视觉检测。',
  industry: 'ind.C33',
  problems: ['pb.defect-inspection'],
  goals: [{ kpi: { text: '漏检率' }, unit: '%', baseline: 2, target: 0.3 }],
  datasets: [
    { name: '产线相机图片', modality: 'mod.image', volume: { value: 20_000, unit: 'samples' }, labelCoverage: 0 },
  ],
  constraints: { reach: 'site', deployments: ['dp.edge'] },
  budget: { max: 800_000, currency: 'CNY' },
  details: '密封情报：三号线每班四万件。',
}

export const CAPABILITY = {
  title: '小样本表面缺陷检测',
  summary: '基于小样本学习的金属冲压件表面划痕、压伤检测，支持产线边缘部署。',
  benefits: '漏检率降到0.3%以下，减少人工目检',
  techniques: ['tech.fewshot'],
  problems: ['pb.defect-inspection'],
  industries: ['ind.C33'],
  dataRequirements: [
    {
      name: '良品与缺陷图像',
      level: 'required',
      modality: 'mod.image',
      volumeMin: { value: 500, unit: 'samples' },
      labelledSamplesMin: 200,
    },
  ],
  deployments: ['dp.edge', 'dp.onprem'],
  price: { min: 300_000, max: 600_000, currency: 'CNY' },
  leadTimeDays: 60,
  trl: 8,
}

/** A park with a factory and a vendor, and the few calls that a flow makes. */
export const makeCast = async (deps: Deps, app: FastifyInstance) => {
  const park = await makePark(deps)
  const factory = await makeOrganisation(deps, 'manufacturer', [park.id])
  const vendor = await makeOrganisation(deps, 'vendor', [park.id])
  const call = async (
    key: string,
    method: 'GET' | 'POST' | 'PATCH',
    url: string,
    payload?: object,
    headers: Record<string, string> = {},
  ) => {
    const answer = await app.inject({
      method,
      url: `/v1${url}`,
      headers: { ...bearer(key), ...headers },
      ...(payload ? { payload } : {}),
    })
    if (answer.statusCode >= 400) throw new Error(`${method} ${url}: ${answer.statusCode} ${answer.body}`)
    return answer.statusCode === 204 ? undefined : answer.json()
  }
  return {
    park,
    factory,
    vendor,
    call,
    publishScenario: (more: object = {}): Promise<{ id: string }> =>
      call(factory.key, 'POST', '/scenarios', { ...SCENARIO, ...more, parkId: park.id, publish: true }),
    publishCapability: (more: object = {}): Promise<{ id: string }> =>
      call(vendor.key, 'POST', '/capabilities', { ...CAPABILITY, ...more, audiences: [park.id], publish: true }),
    registerEndpoint: (url: string, more: object = {}): Promise<{ id: string; secret: string }> =>
      call(vendor.key, 'POST', '/webhook-endpoints', { url, eventTypes: ['match.*'], ...more }),
  }
}
