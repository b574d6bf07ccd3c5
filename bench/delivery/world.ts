import { randomBytes } from 'node:crypto'
import { append } from '../../src/events/outbox.ts'
import { insertKey, insertPark } from '../../src/identity/service.ts'
import { memberships, organisations } from '../../src/identity/tables.ts'
import type { Member } from '../../src/platform/actor.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { type Database, transaction, type Tx } from '../../src/platform/db.ts'
import { newId } from '../../src/platform/ids.ts'
import { createSecrets } from '../../src/platform/secrets.ts'
import { NewEndpoint } from '../../src/webhooks/schemas.ts'
import { createEndpoint } from '../../src/webhooks/service.ts'

const WORKER = { kind: 'worker' } as const
const SEALING_KEY = Buffer.alloc(32, 9)
export const makers = { clock: systemClock, random: randomBytes }
const making = {
  ...makers,
  secrets: createSecrets([{ id: 'bench', key: SEALING_KEY }]),
}

/** What the product's processes need in order to open the secrets that are made here and to call loopback. */
export const PROCESS_ENV = {
  SECRETS_KEY: `bench:${SEALING_KEY.toString('base64')}`,
  WEBHOOK_ALLOW_HTTP: '1',
  WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8',
}

/** An organisation with one endpoint. */
export type Subscriber = { organisationId: string; apiKey: string; endpointId: string; secret: string }
export type World = { parkId: string; subscribers: Subscriber[] }

/** A park with one subscriber for each address. */
export const makeWorld = async (db: Database, urls: readonly string[]): Promise<World> => {
  const park = { slug: 'bench', name: '投递测试园区', region: '广东东莞', timeZone: 'Asia/Shanghai' }
  const { id: parkId } = await transaction({ db }, WORKER, tx => insertPark(tx, making, park))
  const subscribers: Subscriber[] = []
  for (const url of urls) {
    const member = await transaction({ db }, WORKER, tx => insertVendor(tx, parkId))
    const owner = { organisationId: member.organisationId, madeById: member.organisationId }
    const key = await transaction({ db }, WORKER, tx => insertKey(tx, making, owner, { name: 'bench', role: 'owner' }))
    const { id, secret } = await transaction({ db }, member, tx =>
      createEndpoint(tx, making, member, NewEndpoint.parse({ url, eventTypes: ['scenario.*'] })),
    )
    subscribers.push({ organisationId: member.organisationId, apiKey: key.secret, endpointId: id, secret })
  }
  return { parkId, subscribers }
}

const insertVendor = async (tx: Tx, parkId: string): Promise<Member> => {
  const id = newId(making, 'organisation')
  const createdAt = making.clock.now()
  await tx.insert(organisations).values({ id, kind: 'vendor', name: `vendor ${id}`, createdAt })
  await tx.insert(memberships).values({ parkId, organisationId: id, state: 'active', createdAt, decidedAt: createdAt })
  return {
    kind: 'member',
    organisationId: id,
    organisationKind: 'vendor',
    role: 'owner',
    keyId: '',
    scopes: [],
    parkIds: [parkId],
    adminParkIds: [],
  }
}

/** News for some subscribers. The name stands in the event's data: by it a receiver knows one event again. */
export type News = { name: string; readers: readonly Subscriber[] }

/** Writes the news as the product's rooms do, in one transaction through the outbox. */
export const appendNews = (db: Database, { parkId }: World, news: readonly News[]): Promise<string[]> =>
  transaction({ db }, WORKER, tx =>
    append(
      tx,
      making,
      WORKER,
      news.map(({ name, readers }) => ({
        type: 'scenario.unserved',
        parkId,
        readers: readers.map(reader => reader.organisationId),
        data: {
          scenarioId: name,
          parkId,
          scenarioTitle: '冲压件表面划痕漏检',
          problems: ['pb.defect-inspection'],
          bestTotal: 3_120,
          threshold: 4_500,
        },
      })),
    ),
  )
