import { Webhook } from 'standardwebhooks'
import t from 'tap'
import { buildApp } from '../../src/app.ts'
import { createDeliverHandler } from '../../workers/deliver.ts'
import { createFanOutHandler } from '../../workers/fan-out.ts'
import { startRelay } from '../../workers/relay.ts'
import {
  backendOf,
  backends,
  bearer,
  buildDeps,
  cloneDatabase,
  eventually,
  makeOrganisation,
  makePark,
  receiver,
} from '../helper.ts'
import { appendEvents, makeMatch } from '../webhooks/world.ts'

const options = { concurrency: 4, lockMs: 30_000, stalledMs: 30_000, onError: () => {} }

for (const kind of backends())
  t.test(
    `on ${kind} an event becomes a delivery that any Standard Webhooks library accepts, after a retry`,
    async t => {
      const databaseUrl = await cloneDatabase(t)
      const deps = await buildDeps(t, { databaseUrl, backend: backendOf(kind, databaseUrl) })
      const app = await buildApp(deps)
      const running = [
        await deps.queues.work('fan-out', createFanOutHandler(deps), options),
        await deps.queues.work('deliver', createDeliverHandler(deps), options),
        await startRelay(deps),
      ]
      t.teardown(async () => {
        for (const part of running.reverse()) await part.close()
        await app.close()
      })
      const park = await makePark(deps)
      const factory = await makeOrganisation(deps, 'manufacturer', [park.id])
      const vendor = await makeOrganisation(deps, 'vendor', [park.id])
      const peer = await receiver(t, (_, nth) => ({ status: nth === 1 ? 503 : 204 }))
      const made = await app.inject({
        method: 'POST',
        url: '/v1/webhook-endpoints',
        headers: bearer(vendor.key),
        payload: { url: peer.url, retryScheduleS: [0, 1] },
      })
      t.equal(made.statusCode, 201, made.body)
      const data = await makeMatch(deps, { parkId: park.id, factoryId: factory.id, vendorId: vendor.id })
      const [eventId = ''] = await appendEvents(deps, [
        { type: 'match.created', readers: [vendor.id, factory.id], data },
      ])

      await eventually(async () => peer.requests.length === 2)
      for (const request of peer.requests) {
        const accepted = new Webhook(made.json().secret).verify(request.body, request.headers)
        t.match(accepted, { id: eventId, type: 'match.created', data: { matchId: data.matchId } })
      }
      const state = async () => {
        const answer = await app.inject({ url: '/v1/deliveries', headers: bearer(vendor.key) })
        return answer.json().items[0]?.state
      }
      await eventually(async () => (await state()) === 'delivered')
      t.equal(peer.requests.length, 2)
    },
  )
