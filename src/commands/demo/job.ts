import { sql } from 'drizzle-orm'
import { demoTexts } from '../../../seeds/data/demo-texts.ts'
import { rowsOf, transaction } from '../../platform/db.ts'
import type { Deps } from '../../platform/deps.ts'
import type { Cast } from './cast.ts'
import type { Client } from './client.ts'
import type { ReceivedEvent, Receiver } from './receiver.ts'

type Page<T> = { items: T[]; nextCursor?: string }
type ScenarioCard = { id: string; title: string; state: string }
export type MatchCard = {
  id: string
  rank?: number
  capabilityTitle?: string
  vendorId: string
  total: number
  explanation?: { reasons: string[] }
}
export type Outcome = {
  scenarioId: string
  title: string
  matches: MatchCard[]
  vendorNames: Map<string, string>
  delivered: ReceivedEvent | undefined
  deliveries: number
  /** Everything happened: published, scored, delivered and verified. */
  complete: boolean
}

const WAIT_MS = 60_000
const ASK_EVERY_MS = 100
const SHOWN = 5

/** Waits until the workers have caught up with everything that was written so far. */
export const waitUntilScored = async (deps: Deps, say: (line: string) => void): Promise<void> => {
  let said = -1
  await until(async () => {
    const [row] = await transaction(deps, { kind: 'worker' }, async tx =>
      rowsOf<{ open: number }>(await tx.execute(sql`select count(*)::int as open from events where done_at is null`)),
    )
    const open = row?.open ?? 0
    if (open > 0 && Math.floor(open / 50) !== said) say(`scoring, ${open} events to go`)
    said = Math.floor(open / 50)
    return open === 0 || undefined
  }, 10 * WAIT_MS)
}

/** The vendor's endpoint at the receiver's address, made once and moved where the port changed. @returns its secret */
export const ensureEndpoint = async (vendor: Client, url: string): Promise<string> => {
  const description = 'demo receiver'
  const { items } = await vendor.call<Page<{ id: string; description?: string; url: string }>>(
    'GET',
    '/webhook-endpoints?limit=100',
  )
  const known = items.find(endpoint => endpoint.description === description)
  if (!known) {
    const body = { url, description, eventTypes: ['match.created'] }
    return (await vendor.call<{ secret: string }>('POST', '/webhook-endpoints', body)).secret
  }
  if (known.url !== url) await vendor.call('PATCH', `/webhook-endpoints/${known.id}`, { url }, { 'if-match': '*' })
  return (await vendor.call<{ secret: string }>('POST', `/webhook-endpoints/${known.id}/reveal-secret`)).secret
}

/** Withdraws the scenario of the run before, publishes the next text, and waits for the match and its delivery. */
export const publishNext = async (
  factory: Client,
  cast: Cast,
  receiver: Receiver,
  say: (line: string) => void,
): Promise<Outcome> => {
  const before = await listOwn(factory, cast)
  for (const scenario of before.filter(card => card.state === 'published'))
    await factory.call('POST', `/scenarios/${scenario.id}/withdraw`)
  const text = demoTexts[before.length % demoTexts.length]
  if (!text) throw new Error('no demonstration texts')
  say(`publishing “${text.title}”`)
  const { id } = await factory.call<{ id: string }>('POST', '/scenarios', {
    ...text,
    parkId: cast.parkId,
    publish: true,
  })
  say('published, waiting for the workers and the webhook')
  const delivered = await until(
    async () =>
      receiver.events.find(
        event => event.type === 'match.created' && event.data['scenarioId'] === id && event.verified,
      ),
    WAIT_MS,
  ).catch(() => undefined)
  const { items } = await factory.call<Page<MatchCard>>('GET', `/scenarios/${id}/matches?limit=${SHOWN}`)
  return {
    scenarioId: id,
    title: text.title,
    matches: items,
    vendorNames: await namesOf(factory, items),
    delivered,
    deliveries: receiver.events.filter(event => event.data['scenarioId'] === id).length,
    complete: items.length > 0 && delivered !== undefined,
  }
}

/** What the demonstration has published so far, in any state: its texts take turns. */
const listOwn = async (factory: Client, cast: Cast): Promise<ScenarioCard[]> => {
  const titles = new Set(demoTexts.map(text => text.title))
  const found: ScenarioCard[] = []
  let cursor: string | undefined
  do {
    const query = `organisationId=${cast.factory.organisationId}&limit=100${cursor ? `&cursor=${cursor}` : ''}`
    const page = await factory.call<Page<ScenarioCard>>('GET', `/scenarios?${query}`)
    found.push(...page.items.filter(card => titles.has(card.title)))
    cursor = page.nextCursor
  } while (cursor)
  return found
}

const namesOf = async (factory: Client, cards: MatchCard[]): Promise<Map<string, string>> => {
  const names = new Map<string, string>()
  for (const { vendorId } of cards)
    if (!names.has(vendorId))
      names.set(vendorId, (await factory.call<{ name: string }>('GET', `/organisations/${vendorId}`)).name)
  return names
}

const until = async <T>(probe: () => Promise<T | undefined>, withinMs: number): Promise<T> => {
  const end = Date.now() + withinMs
  for (;;) {
    const found = await probe()
    if (found !== undefined) return found
    if (Date.now() > end) throw new Error(`nothing came within ${withinMs / 1_000} s`)
    await new Promise(resolve => setTimeout(resolve, ASK_EVERY_MS))
  }
}
