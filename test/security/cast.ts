import { Writable } from 'node:stream'
import type { Test } from 'tap'
import { insertKey } from '../../src/identity/service.ts'
import type { Member, OrganisationKind, Role } from '../../src/platform/actor.ts'
import { transaction } from '../../src/platform/db.ts'
import type { Deps } from '../../src/platform/deps.ts'
import { startWorkers } from '../../workers/start.ts'
import { CAPABILITY, SCENARIO } from '../flows/cast.ts'
import { bearer, build, eventually, makeOrganisation, makePark, receiver } from '../helper.ts'

/**
 * Who takes part: a factory `F`, three vendors whose match with it stands at stage 0, 1 and 2 of disclosure, bystanders
 * of the same park (`G`, `U`), of another one (`H`, `W`), both parks and the operator.
 */
export const ORGANISATIONS = ['F', 'V0', 'V1', 'V2', 'G', 'U', 'H', 'W', 'PA', 'PB', 'O'] as const
export type Name = (typeof ORGANISATIONS)[number]
export type Principal = { name: string; organisation: Name | undefined; role: Role; key: string | undefined }

const ROLES: Role[] = ['owner', 'editor', 'reader']
const STAGES = [0, 1, 2] as const

/**
 * What is planted: a text `CANARY-<object>-<tier>-<field>` in every field that takes text, and a figure of its own in
 * those that take numbers. The table says who may ever read an object's tier.
 */
export const READERS: Record<string, Name[]> = {
  'scenario-public': ['F', 'G', 'V0', 'V1', 'V2', 'U', 'PA', 'O'],
  'scenario-shared': ['F', 'PA', 'V1', 'V2'],
  'scenario-sealed': ['F', 'V2'],
  'moved-public': ['F', 'G', 'V0', 'V1', 'V2', 'U', 'PA', 'O'],
  'moved-sealed': ['F'],
  'draft-sealed': ['F'],
  ...Object.fromEntries(
    STAGES.flatMap((stage): [string, Name[]][] => [
      [`capability${stage}-public`, ['F', 'G', 'V0', 'V1', 'V2', 'U', 'PA', 'O']],
      [`capability${stage}-shared`, [`V${stage}`, 'PA', ...(stage >= 1 ? (['F'] as const) : [])]],
      [`capability${stage}-sealed`, [`V${stage}`, ...(stage >= 2 ? (['F'] as const) : [])]],
    ]),
  ),
  'factory-name': ['F', 'PA', 'O', 'V1', 'V2'],
  'endpoint-own': ['V2'],
  'key-own': ['V2'],
  'match2-parties': ['F', 'V2', 'PA'],
  'outcome2-parties': ['F', 'V2', 'PA'],
}

const FIGURES: Record<string, string> = {
  '98720001': 'scenario-shared',
  '98710000': 'capability0-shared',
  '98710001': 'capability1-shared',
  '98710002': 'capability2-shared',
}

/** Every planted thing in a text, by the key of `READERS`. */
export const canariesIn = (text: string): string[] => [
  ...new Set([
    ...[...text.matchAll(/CANARY-([a-z]+\d?-[a-z]+)/g)].map(([, key = '']) => key),
    ...Object.entries(FIGURES).flatMap(([figure, key]) => (text.includes(figure) ? [key] : [])),
  ]),
]

const canary = (key: string, field: string) => `CANARY-${key}-${field}`

const scenarioOf = (object: string, tierOf: (tier: string) => string) => {
  const plant = (tier: string, field: string) => canary(`${object}-${tierOf(tier)}`, field)
  return {
    ...SCENARIO,
    title: `冲压件表面划痕漏检 ${plant('public', 'title')}`,
    summary: `${SCENARIO.summary} ${plant('public', 'summary')}`,
    place: plant('public', 'place'),
    goals: [{ kpi: { text: '漏检率' }, unit: plant('public', 'unit').slice(0, 40), baseline: 2, target: 0.3 }],
    datasets: [{ ...SCENARIO.datasets[0], name: plant('shared', 'dataset') }],
    budget: { max: object === 'scenario' ? 98_720_001 : 800_000, currency: 'CNY' },
    details: `冲压 划痕 ${plant('sealed', 'details')}`,
    equipment: [{ text: plant('sealed', 'equipment') }],
    contact: { person: plant('sealed', 'person') },
  }
}

const capabilityOf = (stage: number) => {
  const plant = (tier: string, field: string) => canary(`capability${stage}-${tier}`, field)
  return {
    ...CAPABILITY,
    title: `小样本表面缺陷检测 ${plant('public', 'title')}`,
    summary: `${CAPABILITY.summary} ${plant('public', 'summary')}`,
    benefits: `${CAPABILITY.benefits} ${plant('public', 'benefits')}`,
    price: { min: 300_000, max: 98_710_000 + stage, currency: 'CNY' },
    details: `划痕 ${plant('sealed', 'details')}`,
    contact: { person: plant('sealed', 'person') },
  }
}

const KINDS: Record<Exclude<Name, 'PA' | 'PB'>, OrganisationKind> = {
  F: 'manufacturer',
  G: 'manufacturer',
  H: 'manufacturer',
  V0: 'vendor',
  V1: 'vendor',
  V2: 'vendor',
  U: 'vendor',
  W: 'vendor',
  O: 'operator',
}

/** Builds the world by the API alone, with the workers running until everything has been scored, told and delivered. */
export const makeWorld = async (t: Test) => {
  let log = ''
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      log += chunk.toString()
      done()
    },
  })
  const { app, deps } = await build(t, { log: stream, env: { JOB_LOCK_MS: '1000', JOB_STALLED_MS: '1000' } })
  const workers = await startWorkers(deps)
  const people = await makePeople(deps)
  const hook = await receiver(t)
  const call = async <T = { id: string }>(
    who: Name,
    method: 'GET' | 'POST' | 'PATCH',
    path: string,
    payload?: object,
  ) => {
    const key = people.principals.find(one => one.organisation === who && one.role === 'owner')?.key ?? ''
    const answer = await app.inject({
      method,
      url: `/v1${path}`,
      headers: bearer(key),
      ...(payload ? { payload } : {}),
    })
    if (answer.statusCode >= 400) throw new Error(`${who} ${method} ${path}: ${answer.body}`)
    return answer.json<T>()
  }
  const { parkA } = people
  const endpoints = await Promise.all(
    (['F', 'V0', 'V1', 'V2', 'U', 'G', 'W', 'PA'] as const).map(who =>
      call(who, 'POST', '/webhook-endpoints', {
        url: `${hook.url}/${who}`,
        eventTypes: ['*'],
        ...(who === 'V2'
          ? { description: canary('endpoint-own', 'text'), headers: { 'x-own': canary('endpoint-own', 'header') } }
          : {}),
      }).then(made => [who, made.id] as const),
    ),
  )
  const capabilities: string[] = []
  for (const stage of STAGES)
    capabilities.push((await call(`V${stage}`, 'POST', '/capabilities', { ...capabilityOf(stage), publish: true })).id)
  await call('U', 'POST', '/capabilities', { title: '能耗预测', summary: '车间能耗预测与优化', publish: true })
  const offer = { parkId: parkA, publish: true }
  const scenario = await call('F', 'POST', '/scenarios', { ...scenarioOf('scenario', tier => tier), ...offer })
  const moved = await call('F', 'POST', '/scenarios', {
    ...scenarioOf('moved', tier => (tier === 'public' ? 'public' : 'sealed')),
    tiers: { datasets: 'sealed' },
    ...offer,
  })
  const draft = await call('F', 'POST', '/scenarios', { ...scenarioOf('draft', () => 'sealed'), parkId: parkA })
  await call('PA', 'POST', `/parks/${parkA}/terms`, { zh: '仅用于评估合作。', en: 'For evaluation only.' })
  const resource = await call('PA', 'POST', '/resources', {
    parkId: parkA,
    element: 'data',
    kind: 'rs.labelbase',
    title: '标注基地',
  })

  const matches = await eventually(async () => {
    const { items } = await call<{ items: { id: string; capabilityId: string }[] }>(
      'F',
      'GET',
      `/scenarios/${scenario.id}/matches`,
    )
    const found = capabilities.map(id => items.find(item => item.capabilityId === id)?.id ?? '')
    return found.every(id => id !== '') && found
  })
  const move = (who: Name, stage: number, action: string, more: object = {}) =>
    call(who, 'POST', `/matches/${matches[stage]}/transitions`, {
      action,
      ...(['express_interest', 'accept_introduction'].includes(action) ? { termsVersion: 1 } : {}),
      ...more,
    })
  for (const stage of [1, 2]) {
    await move('F', stage, 'express_interest')
    await move(
      `V${stage}` as Name,
      stage,
      'express_interest',
      stage === 2 ? { note: canary('match2-parties', 'note') } : {},
    )
  }
  await move('F', 2, 'accept_introduction')
  await move('V2', 2, 'accept_introduction')
  await move('F', 2, 'start_pilot')
  const outcome = await call('V2', 'POST', `/matches/${matches[2]}/outcomes`, {
    kpi: '漏检率',
    unit: '%',
    baseline: 2,
    actual: 0.4,
    evidence: canary('outcome2-parties', 'evidence'),
    measuredOn: '2026-10-30',
  })
  const endpointOf = Object.fromEntries(endpoints)
  const delivery = await eventually(async () => {
    const { items } = await call<{ items: { id: string; state: string; eventType: string }[] }>(
      'V2',
      'GET',
      '/deliveries?limit=100',
    )
    const done = items.filter(item => item.state === 'delivered')
    return done.some(item => item.eventType === 'outcome.reported') || done.length > 6 ? done[0]?.id : undefined
  })
  const recovery = await call('V2', 'POST', `/webhook-endpoints/${endpointOf['V2']}/recover`, {
    since: new Date(Date.now() - 3_600_000).toISOString(),
  })
  await workers.close()
  const ids: Record<string, string> = {
    parkId: parkA,
    organisationId: people.idOf('F'),
    scenarioId: scenario.id,
    movedId: moved.id,
    draftId: draft.id,
    capabilityId: capabilities[2] ?? '',
    matchId: matches[2] ?? '',
    outcomeId: outcome.id,
    resourceId: resource.id,
    endpointId: endpointOf['V2'] ?? '',
    deliveryId: delivery,
    recoveryId: recovery.id,
    keyId: people.spareKeyId,
    // Of the right form, and nobody's: people are tried where they live, in test/routes.
    personId: `per_${'0'.repeat(26)}`,
    runId: `run_${'0'.repeat(26)}`,
    fileId: `rpf_${'0'.repeat(26)}`,
    importId: `imp_${'0'.repeat(26)}`,
    invitationId: `inv_${'0'.repeat(26)}`,
    targetId: `tgt_${'0'.repeat(26)}`,
    kind: 'scenarios',
    name: 'mapping',
    sessionId: `ses_${'0'.repeat(26)}`,
  }
  return { app, deps, ...people, ids, capabilities, matches, hook, log: () => log }
}

const makePeople = async (deps: Deps) => {
  const [a, b] = [await makePark(deps), await makePark(deps)]
  const ids = new Map<Name, string>([
    ['PA', a.organisationId],
    ['PB', b.organisationId],
  ])
  const parksOf: Partial<Record<Name, string[]>> = { H: [b.id], W: [b.id], O: [] }
  for (const [name, kind] of Object.entries(KINDS) as [Name, OrganisationKind][]) {
    const more = name === 'F' ? { name: canary('factory-name', 'x') } : {}
    ids.set(name, (await makeOrganisation(deps, kind, parksOf[name] ?? [a.id], more)).id)
  }
  const idOf = (name: Name) => ids.get(name) ?? ''
  const makeKey = (name: Name, role: Role, text: string) =>
    transaction(deps, { kind: 'worker' }, tx =>
      insertKey(tx, deps, { organisationId: idOf(name), madeById: idOf(name) }, { name: text, role }),
    )
  const principals: Principal[] = [{ name: 'anonymous', organisation: undefined, role: 'reader', key: undefined }]
  for (const organisation of ORGANISATIONS)
    for (const role of ['F', 'V2', 'PA'].includes(organisation) ? ROLES : (['owner'] as const)) {
      const text = organisation === 'V2' ? canary('key-own', 'name') : 'key'
      const { secret } = await makeKey(organisation, role, text)
      principals.push({ name: `${organisation} ${role}`, organisation, role, key: secret })
    }
  const actorOf = (name: Name): Member => ({
    kind: 'member',
    organisationId: idOf(name),
    organisationKind: name.startsWith('P') ? 'park' : KINDS[name as keyof typeof KINDS],
    role: 'owner',
    keyId: 'key',
    scopes: [],
    parkIds: name === 'PA' ? [a.id] : name === 'PB' ? [b.id] : (parksOf[name] ?? [a.id]),
    adminParkIds: name === 'PA' ? [a.id] : name === 'PB' ? [b.id] : [],
  })
  const spareKeyId = (await makeKey('F', 'reader', 'spare')).id
  return { parkA: a.id, parkB: b.id, idOf, principals, actorOf, spareKeyId }
}
export type World = Awaited<ReturnType<typeof makeWorld>>
