import type { FastifyInstance } from 'fastify'
import type { AddressInfo } from 'node:net'
import { Writable } from 'node:stream'
import { SMTPServer } from 'smtp-server'
import type { Test } from 'tap'
import { sendDigests, sendDueMail } from '../../src/notices/mail.ts'
import { sendSignInLinks } from '../../src/notices/sign-in-mail.ts'
import type { Deps } from '../../src/platform/deps.ts'
import { createMailer } from '../../src/platform/mail.ts'
import { startWorkers } from '../../workers/start.ts'
import { CAPABILITY, SCENARIO } from '../flows/cast.ts'
import { build, cloneDatabase, eventually, receiver } from '../helper.ts'
import { canary, type Name } from './canaries.ts'
import { makePeople, type Principal } from './principals.ts'
import { type Call, plantDesk, plantOffice, plantPool, plantReview, plantTogether } from './together.ts'

const STAGES = [0, 1, 2] as const
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

/** A mail server on loopback that keeps what it gets. */
const mailServer = async (t: Test) => {
  const got: { to: string[]; raw: string }[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        got.push({ to: session.envelope.rcptTo.map(entry => entry.address), raw: Buffer.concat(chunks).toString() })
        done()
      })
    },
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.after(() => new Promise<void>(resolve => server.close(() => resolve())))
  return { got, url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}` }
}

const keepLog = () => {
  let log = ''
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      log += chunk.toString()
      done()
    },
  })
  return { stream, log: () => log }
}

/** Builds the world by the API alone, with the workers running until everything has been scored, told and delivered. */
export const makeWorld = async (t: Test) => {
  const { stream, log } = keepLog()
  const smtp = await mailServer(t)
  const databaseUrl = await cloneDatabase(t)
  const made = await build(t, {
    databaseUrl,
    log: stream,
    env: {
      JOB_LOCK_MS: '1000',
      JOB_STALLED_MS: '1000',
      SMTP_URL: smtp.url,
      PUBLIC_URL: 'https://duijie.example.com',
      METRICS_TOKEN: 'a-token-for-the-figures',
    },
  })
  const { app } = made
  const mailer = createMailer({ url: smtp.url, from: 'Duijie <noreply@example.com>' })
  t.after(() => mailer.close())
  const deps: Deps = { ...made.deps, mailer }
  const workers = await startWorkers(deps)
  const people = await makePeople(deps, made.app)
  const hook = await receiver(t)
  const call: Call = async (who, method, path, payload, type) => {
    const headers = people.principals.find(one => one.organisation === who && one.role === 'owner')?.headers ?? {}
    const answer = await app.inject({
      method,
      url: `/v1${path}`,
      headers: { ...headers, ...(type === undefined ? {} : { 'content-type': type }) },
      ...(payload === undefined ? {} : { payload }),
    })
    if (answer.statusCode >= 400) throw new Error(`${who} ${method} ${path}: ${answer.body}`)
    return answer.json()
  }
  const cast = { parkA: people.parkA, idOf: people.idOf }
  const endpoints = await makeEndpoints(call, hook.url)
  const offers = await publishOffers(call, people.parkA)
  for (const [who, park] of [
    ['PA', people.parkA],
    ['PB', people.parkB],
  ] as const)
    await call(who, 'POST', `/parks/${park}/terms`, { zh: '仅用于评估合作。', en: 'For evaluation only.' })
  const matches = await eventually(async () => {
    const { items } = await call<{ items: { id: string; capabilityId: string }[] }>(
      'F',
      'GET',
      `/scenarios/${offers.scenarioId}/matches`,
    )
    const found = offers.capabilities.map(id => items.find(item => item.capabilityId === id)?.id ?? '')
    return found.every(id => id !== '') && found
  })
  const outcomeId = await moveMatches(call, matches)
  const planted = {
    ...(await plantDesk(call, cast)),
    ...(await plantOffice(call, cast)),
    ...(await plantReview(call, cast)),
    ...(await plantTogether(call, cast, offers.scenarioId)),
  }
  const deliveryId = await eventually(async () => {
    const { items } = await call<{ items: { id: string; state: string; eventType: string }[] }>(
      'V2',
      'GET',
      '/deliveries?limit=100',
    )
    const done = items.filter(item => item.state === 'delivered')
    const types = done.map(item => item.eventType)
    return types.includes('outcome.reported') && types.includes('consortium.invited') ? done[0]?.id : undefined
  })
  const recovery = await call('V2', 'POST', `/webhook-endpoints/${endpoints['V2']}/recover`, {
    since: new Date(Date.now() - 3_600_000).toISOString(),
  })
  await workers.close()
  // Nobody settles it any more: it stays as it was planted.
  const { poolId = '' } = await plantPool(deps, call, cast, offers.scenarioId)
  await sendAllMail(deps, call)
  const ids: Record<string, string> = {
    ...planted,
    poolId,
    parkId: people.parkA,
    parkBId: people.parkB,
    organisationId: people.idOf('F'),
    vendorId: people.idOf('V2'),
    subjectId: people.idOf('V2'),
    queue: 'score',
    step: 'resume',
    language: 'zh',
    scenarioId: offers.scenarioId,
    movedId: offers.movedId,
    draftId: offers.draftId,
    capabilityId: offers.capabilities[2] ?? '',
    capability0Id: offers.capabilities[0] ?? '',
    capability1Id: offers.capabilities[1] ?? '',
    matchId: matches[2] ?? '',
    match0Id: matches[0] ?? '',
    match1Id: matches[1] ?? '',
    outcomeId,
    endpointId: endpoints['V2'] ?? '',
    spareEndpointId: endpoints['F'] ?? '',
    eventId: await firstNotice(app, people.principals),
    deliveryId,
    recoveryId: recovery.id,
    ...people.own,
    token: 'x'.repeat(32),
  }
  return {
    app,
    deps,
    ...people,
    ids,
    capabilities: offers.capabilities,
    matches,
    hook,
    mails: smtp.got,
    log,
    databaseUrl,
  }
}

/** Of the inbox of the person who sits in the factory. */
const firstNotice = async (app: FastifyInstance, principals: Principal[]): Promise<string> => {
  const headers = principals.find(one => one.name === 'F in person')?.headers ?? {}
  const { items } = (await app.inject({ url: '/v1/notices', headers })).json<{ items: { id: string }[] }>()
  return items[0]?.id ?? ''
}

const makeEndpoints = async (call: Call, url: string): Promise<Partial<Record<Name, string>>> => {
  const own = {
    description: canary('endpoint-own', 'text'),
    headers: { 'x-own': canary('endpoint-own', 'header') },
  }
  const made = await Promise.all(
    (['F', 'V0', 'V1', 'V2', 'U', 'G', 'W', 'PA'] as const).map(async (who): Promise<[Name, string]> => {
      const more = who === 'V2' ? own : {}
      const { id } = await call(who, 'POST', '/webhook-endpoints', { url: `${url}/${who}`, eventTypes: ['*'], ...more })
      return [who, id]
    }),
  )
  return Object.fromEntries(made)
}

/** A capability of each stage and one beside, and a demand that is published, one with fields moved up, and a draft. */
const publishOffers = async (call: Call, parkA: string) => {
  const capabilities: string[] = []
  for (const stage of STAGES)
    capabilities.push((await call(`V${stage}`, 'POST', '/capabilities', { ...capabilityOf(stage), publish: true })).id)
  await call('U', 'POST', '/capabilities', { title: '能耗预测', summary: '车间能耗预测与优化', publish: true })
  await call('W', 'POST', '/capabilities', { title: '排产优化', summary: '离散制造排产', publish: true })
  const offer = { parkId: parkA, publish: true }
  const scenario = await call('F', 'POST', '/scenarios', { ...scenarioOf('scenario', tier => tier), ...offer })
  const moved = await call('F', 'POST', '/scenarios', {
    ...scenarioOf('moved', tier => (tier === 'public' ? 'public' : 'sealed')),
    tiers: { datasets: 'sealed' },
    ...offer,
  })
  const draft = await call('F', 'POST', '/scenarios', { ...scenarioOf('draft', () => 'sealed'), parkId: parkA })
  return { capabilities, scenarioId: scenario.id, movedId: moved.id, draftId: draft.id }
}

/** The match with V1 becomes mutual, the one with V2 a pilot with a measured outcome. @returns the outcome's id */
const moveMatches = async (call: Call, matches: string[]): Promise<string> => {
  const move = (who: Name, stage: number, action: string, more: object = {}) =>
    call(who, 'POST', `/matches/${matches[stage]}/transitions`, {
      action,
      ...(['express_interest', 'accept_introduction'].includes(action) ? { termsVersion: 1 } : {}),
      ...more,
    })
  const note = { note: canary('match2-parties', 'note') }
  for (const stage of [1, 2] as const) {
    await move('F', stage, 'express_interest')
    await move(`V${stage}`, stage, 'express_interest', stage === 2 ? note : {})
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
  return outcome.id
}

/** Every mail that there is: what needs an answer, the links asked for, and the digest of the next morning. */
const sendAllMail = async (deps: Deps, call: Call): Promise<void> => {
  await call('F', 'POST', '/sign-in-links', { email: 'canary.person@example.com' }).catch(() => undefined)
  const day = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)
  // Nine in the morning by the clocks of the park.
  const tomorrow = { ...deps, clock: { now: () => new Date(`${day}T01:00:00.000Z`) } }
  await sendSignInLinks(deps)
  await sendDueMail(tomorrow)
  await sendDigests(tomorrow)
}

export type World = Awaited<ReturnType<typeof makeWorld>>
