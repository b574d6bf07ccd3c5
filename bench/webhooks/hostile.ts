import { parseCidr } from '../../src/platform/egress/address.ts'
import { createEgress } from '../../src/platform/egress/post.ts'
import { createResolver } from '../../src/platform/egress/resolver.ts'
import type { Receiver } from './start-receiver.ts'

const SAMPLE_MS = 20
const MIB = 2 ** 20

/** How far memory grows while many peers at once answer with bodies and headers that never end. */
export const measureHostile = async (receiver: Receiver, options: { requests: number; concurrency: number }) => {
  const egress = createEgress({
    resolver: createResolver(),
    allowHttp: true,
    allowCidrs: [parseCidr('127.0.0.0/8')],
  })
  const outcomes: Record<string, number> = {}
  const before = process.memoryUsage().rss
  let peak = before
  const sampler = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), SAMPLE_MS)
  let next = 0
  const work = async () => {
    while (next < options.requests) {
      const path = next++ % 2 === 0 ? '/endless-body' : '/endless-headers'
      const result = await egress.post(`${receiver.url}${path}`, { headers: {}, body: '{}' })
      const word = `${path.slice(1)}: ${result.kind === 'error' ? result.code : result.status}`
      outcomes[word] = (outcomes[word] ?? 0) + 1
    }
  }
  await Promise.all(Array.from({ length: options.concurrency }, work))
  clearInterval(sampler)
  egress.close()
  return { ...options, outcomes, rssGrowthMb: Math.round((peak - before) / MIB) }
}
