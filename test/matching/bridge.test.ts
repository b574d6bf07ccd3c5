import { eq } from 'drizzle-orm'
import t from 'tap'
import { makeBridge } from '../../src/engine/bridge/model.ts'
import { createEngine } from '../../src/engine/index.ts'
import {
  learnCandidate,
  listBridges,
  promoteCandidate,
  readCurrentBridge,
  retireCurrent,
} from '../../src/matching/bridge.ts'
import { loadOutcomes } from '../../src/matching/outcomes.ts'
import { bridgeModels, embeddings, matches, matchTransitions } from '../../src/matching/tables.ts'
import { transaction } from '../../src/platform/db.ts'
import type { Deps } from '../../src/platform/deps.ts'
import { newId } from '../../src/platform/ids.ts'
import { lexicon } from '../engine/lexicon.ts'
import { bearer, build, createTestClock, makeOrganisation, makePark } from '../helper.ts'

const WORKER = { kind: 'worker' } as const
const NO_GOLD = { supplies: [], demands: [] }
const FACTORIES = 12
const VENDORS = 10

const placeOf = (id: string) => lexicon.concepts.findIndex(concept => concept.id === id)
const isJoined = (a: string, b: string) => lexicon.areLinked(placeOf(a), placeOf(b))
/** Two problems and two techniques of which the lexicon joins no problem with a technique. */
const FIRST = 'pb.defect-inspection'
const SECOND = 'pb.acoustic-inspection'
const [STRANGE = '', OTHER = ''] = lexicon
  .byScheme('technique')
  .map(({ id }) => id)
  .filter(id => !isJoined(FIRST, id) && !isJoined(SECOND, id))

/** Factories with two problems each and vendors with one of two techniques, and a match of each with each. */
const makeMarket = async (t: Parameters<typeof build>[0]) => {
  const clock = createTestClock()
  const { app, deps } = await build(t, { clock })
  const park = await makePark(deps)
  const post = async (key: string, url: string, payload: object): Promise<string> => {
    const answer = await app.inject({ method: 'POST', url: `/v1${url}`, headers: bearer(key), payload })
    if (answer.statusCode !== 201) throw new Error(answer.body)
    return answer.json().id
  }
  const capabilities: { id: string; vendorId: string; strange: boolean }[] = []
  for (let i = 0; i < VENDORS; i++) {
    const vendor = await makeOrganisation(deps, 'vendor', [park.id])
    const strange = i % 2 === 0
    const payload = { title: `方案${i}`, techniques: [strange ? STRANGE : OTHER], audiences: [park.id], publish: true }
    capabilities.push({ id: await post(vendor.key, '/capabilities', payload), vendorId: vendor.id, strange })
  }
  const pairs: (typeof matches.$inferInsert)[] = []
  for (let i = 0; i < FACTORIES; i++) {
    const factory = await makeOrganisation(deps, 'manufacturer', [park.id])
    for (const problem of [FIRST, SECOND]) {
      const payload = {
        title: `需求${i}`,
        problems: [problem],
        details: '密封词儿 异响',
        parkId: park.id,
        publish: true,
      }
      const scenarioId = await post(factory.key, '/scenarios', payload)
      for (const { id: capabilityId, vendorId, strange } of capabilities) {
        const isGood = (problem === FIRST) === strange
        pairs.push(
          makeMatch(deps, { scenarioId, capabilityId, parkId: park.id, factoryId: factory.id, vendorId }, isGood),
        )
      }
    }
  }
  return { deps, clock, park, pairs }
}

type Place = { scenarioId: string; capabilityId: string; parkId: string; factoryId: string; vendorId: string }

const makeMatch = (deps: Deps, place: Place, isGood: boolean): typeof matches.$inferInsert => {
  const now = deps.clock.now()
  return {
    id: newId(deps, 'match'),
    ...place,
    state: isGood ? 'introduced' : 'declined',
    declineReason: isGood ? null : 'data',
    total: 5_000,
    factoryScore: 5_000,
    vendorScore: 5_000,
    version: 1,
    createdAt: now,
    updatedAt: now,
    stateSince: now,
  }
}

/** Ends the matches one after the other, a minute apart. */
const store = async (deps: Deps, clock: { advance: (ms: number) => void }, rows: (typeof matches.$inferInsert)[]) => {
  const timed = rows.map(row => {
    clock.advance(60_000)
    return { ...row, stateSince: deps.clock.now() }
  })
  await transaction(deps, WORKER, async tx => {
    await tx.insert(matches).values(timed)
    for (const { id, parkId, factoryId, vendorId, state, stateSince } of timed.filter(
      row => row.state === 'introduced',
    )) {
      const transition = {
        matchId: id,
        parkId,
        factoryId,
        vendorId,
        action: 'accept_introduction',
        from: 'mutual' as const,
      }
      await tx
        .insert(matchTransitions)
        .values({ id: newId(deps, 'transition'), ...transition, to: state, at: stateSince })
    }
  })
}

/** Mixes the market's rows, always in the same way, so that every stretch of time has something of everything. */
const mix = <T>(rows: readonly T[]): T[] => rows.map((_, i) => rows[(i * 77) % rows.length] as T)

t.test('corrections are learned, compared, used and taken back', async t => {
  const { deps, clock, park, pairs } = await makeMarket(t)
  const rows = mix(pairs)
  await store(deps, clock, rows.slice(0, 199))
  t.match(await learnCandidate(deps), { kind: 'tooFew', outcomes: 199, needed: 200 })
  t.equal(await readCurrentBridge(deps), undefined)
  await store(deps, clock, rows.slice(199))

  await t.test('a reason that says nothing of the content, or silence, is no outcome', async t => {
    const before = (await loadOutcomes(deps)).outcomes.length
    t.equal(before, 240)
    await transaction(deps, WORKER, tx =>
      tx
        .update(matches)
        .set({ declineReason: 'budget' })
        .where(eq(matches.id, firstDeclined(rows))),
    )
    t.equal((await loadOutcomes(deps)).outcomes.length, 239)
    await transaction(deps, WORKER, tx =>
      tx
        .update(matches)
        .set({ state: 'expired' })
        .where(eq(matches.id, firstDeclined(rows))),
    )
    t.equal((await loadOutcomes(deps)).outcomes.length, 239)
  })

  const learned = await learnCandidate(deps)
  if (learned.kind !== 'learned') throw new Error(learned.kind)
  const { version, model } = learned.bridge

  await t.test('the planted pairs are found, and no word of a sealed part', async t => {
    t.match(
      model.pairs.map(({ demand, supply }) => `${demand} ${supply}`),
      [`${SECOND} ${OTHER}`, `${FIRST} ${STRANGE}`].sort(),
    )
    t.notMatch(JSON.stringify(await listBridges(deps)), /密封|异响/)
    t.match(await learnCandidate(deps), { kind: 'known' }, 'the same outcomes teach the same')
    t.equal(await readCurrentBridge(deps), undefined, 'a candidate changes nothing')
  })

  await t.test('a model by which later outcomes or golden rankings fall is refused, with the figures kept', async t => {
    const wrong = makeBridge([{ demand: FIRST, supply: OTHER, weight: 3_000 }])
    const candidate = { ...learned.bridge, id: newId(deps, 'bridgeModel'), version: wrong.version, model: wrong }
    await transaction(deps, WORKER, tx => tx.insert(bridgeModels).values(candidate))
    const fallen = await promoteCandidate(deps, wrong.version, NO_GOLD)
    t.match(fallen, { kind: 'refused', because: new RegExp(park.id), bridge: { state: 'candidate' } })
    const supply = (id: string, technique: string) => ({
      id,
      organisationId: id,
      audiences: ['network'],
      input: { id, title: '', techniques: [technique] },
    })
    const supplies = [supply('a', OTHER), supply('b', STRANGE)]
    const golden = { supplies, demands: [{ input: { id: 'g', title: '', problems: [FIRST] }, relevant: ['a'] }] }
    t.match(await promoteCandidate(deps, version, golden), { kind: 'refused', because: /golden/ })
    t.match((await listBridges(deps)).find(row => row.version === version)?.measures?.golden, { current: 10_000 })
    t.equal(await readCurrentBridge(deps), undefined)
  })

  await t.test('where nothing falls it is used, and every score names it', async t => {
    const result = await promoteCandidate(deps, version, NO_GOLD)
    t.match(result, { kind: 'promoted', bridge: { measures: { against: null } } })
    const [measured] = result.kind === 'promoted' ? (result.bridge.measures?.parks ?? []) : []
    t.ok(measured && measured.candidate > measured.current, JSON.stringify(measured))
    const bridge = await readCurrentBridge(deps)
    t.same(bridge, model)
    t.ok(createEngine({ lexicon, bridge }).versions.weights.endsWith(`+${version}`))
    t.match(await promoteCandidate(deps, version, NO_GOLD), { kind: 'notACandidate' })
  })

  await t.test('taking it back brings the one before into use again', async t => {
    const [pair] = model.pairs
    const next = makeBridge([...model.pairs.slice(1), { ...pair, weight: 3_000 } as typeof pair & object])
    const candidate = { ...learned.bridge, id: newId(deps, 'bridgeModel'), version: next.version, model: next }
    await transaction(deps, WORKER, tx => tx.insert(bridgeModels).values(candidate))
    t.match(await promoteCandidate(deps, next.version, NO_GOLD), { kind: 'promoted' })
    t.same(await readCurrentBridge(deps), next)
    t.match(await retireCurrent(deps), { retired: { version: next.version }, current: { version } })
    t.same(await readCurrentBridge(deps), model)
    t.match(await retireCurrent(deps), { retired: { version }, current: undefined })
    t.equal(await readCurrentBridge(deps), undefined)
    t.same(await retireCurrent(deps), { retired: undefined, current: undefined })
  })

  await t.test('no request reads or writes what was learned', async t => {
    const actor = {
      kind: 'member' as const,
      organisationId: park.organisationId,
      organisationKind: 'operator' as const,
      role: 'owner' as const,
      keyId: '',
      scopes: [],
      parkIds: [park.id],
      adminParkIds: [park.id],
    }
    for (const table of [bridgeModels, embeddings])
      await t.rejects(transaction(deps, actor, tx => tx.select().from(table)))
  })
})

const firstDeclined = (rows: (typeof matches.$inferInsert)[]): string =>
  rows.find(row => row.state === 'declined')?.id ?? ''
