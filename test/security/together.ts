import { poolFigures, poolMembers, pools } from '../../src/consortia/tables.ts'
import { transaction } from '../../src/platform/db.ts'
import type { Deps } from '../../src/platform/deps.ts'
import { newId } from '../../src/platform/ids.ts'
import { eventually } from '../helper.ts'
import { canary, type Name, plantFigure } from './canaries.ts'

export type Call = <T = { id: string }>(
  who: Name,
  method: 'GET' | 'POST' | 'PATCH' | 'PUT',
  path: string,
  payload?: object | string,
  type?: string,
) => Promise<T>
type Cast = { parkA: string; idOf: (name: Name) => string }
type Ids = Record<string, string>

/** Deadlines lie within a year of the real clock, which the world runs by. */
const soon = () => new Date(Date.now() + 30 * 86_400_000).toISOString()

/** What the park keeps and lends: targets, resources, a reservation, rules and a grant, companies invited, a run, files. */
export const plantDesk = async (call: Call, { parkA, idOf }: Cast): Promise<Ids> => {
  const target = await call('PA', 'POST', `/parks/${parkA}/targets`, {
    metric: 'vendors_joined',
    title: canary('target-park', 'title'),
    source: canary('target-park', 'source'),
    value: 10,
    from: '2026-01-01',
    to: '2026-12-31',
  })
  const spare = await call('PA', 'POST', `/parks/${parkA}/targets`, {
    metric: 'vendors_landed',
    title: canary('target-park', 'spare'),
    value: 1,
    from: '2026-01-01',
    to: '2026-12-31',
  })
  const resource = await call('PA', 'POST', '/resources', {
    parkId: parkA,
    element: 'compute',
    kind: 'rs.compute',
    title: canary('resource-park', 'title'),
    summary: canary('resource-park', 'summary'),
    eligibility: canary('resource-park', 'eligibility'),
    quota: { amount: 1_000, unit: '卡时' },
  })
  const reservation = await call('V2', 'POST', `/resources/${resource.id}/reservations`, {
    amount: 1,
    fromDay: '2030-09-01',
    untilDay: '2030-09-05',
    purpose: canary('reservation-own', 'purpose'),
  })
  await call('PA', 'POST', '/funding-rules', {
    parkId: parkA,
    title: canary('rule-park', 'title'),
    source: canary('rule-park', 'source'),
    costs: ['compute'],
    share: 10_000,
  })
  const grant = await call('PA', 'POST', '/funding-grants', {
    parkId: parkA,
    firmId: idOf('F'),
    vendorId: idOf('V2'),
    day: '2026-10-30',
    costs: [{ kind: 'compute', amountYuan: 98_730_001 }],
  })
  const invited = await call<{ rows: { invitationId?: string }[] }>(
    'PA',
    'POST',
    `/parks/${parkA}/invitations`,
    `企业名称,统一社会信用代码,联系人,邮箱\n${canary('company-park', 'name')},91350100M000100Y43,${canary('contact-park', 'name')},canary.contact@example.com\n`,
    'text/csv',
  )
  const run = await call('PA', 'POST', '/match-runs', { parkId: parkA, quiet: true })
  plantFigure(run.id, 'run-park')
  await eventually(
    async () => (await call<{ state: string }>('PA', 'GET', `/match-runs/${run.id}`)).state === 'completed',
  )
  const list = await call(
    'PA',
    'POST',
    `/imports?kind=scenarios&parkId=${parkA}`,
    `title\n${canary('list-park', 'title')}\n`,
    'text/csv',
  )
  const files: string[] = []
  for (const format of ['json', 'csv', 'xlsx', 'pdf', 'html'])
    files.push((await call('PA', 'POST', `/parks/${parkA}/report-files`, { format })).id)
  for (const id of files) plantFigure(id, 'file-park')
  await eventually(async () => {
    for (const id of files)
      if ((await call<{ state: string }>('PA', 'GET', `/report-files/${id}`)).state !== 'done') return undefined
    return true
  })
  return {
    targetId: target.id,
    spareTargetId: spare.id,
    resourceId: resource.id,
    reservationId: reservation.id,
    grantId: grant.id,
    runId: run.id,
    parkImportId: list.id,
    companyInvitationId: invited.rows[0]?.invitationId ?? '',
    fileId: files[0] ?? '',
    ...Object.fromEntries(files.map((id, i) => [`file${i}Id`, id])),
  }
}

/** What the factory brings in and whom it invites: an import that ran, one that waits, a mapping, an invitation. */
export const plantOffice = async (call: Call, { parkA, idOf }: Cast): Promise<Ids> => {
  const upload = (rows: string) =>
    call(
      'F',
      'POST',
      `/imports?kind=scenarios&parkId=${parkA}&fileName=${canary('import-own', 'file')}.csv`,
      rows,
      'text/csv',
    )
  const done = await upload(
    `title,summary\n${canary('import-own', 'title')},一句话\n,${canary('import-own', 'refused')}\n`,
  )
  await call('F', 'POST', `/imports/${done.id}/start`, { publish: false })
  await eventually(async () => {
    const { state } = await call<{ state: string }>('F', 'GET', `/imports/${done.id}`)
    return state === 'completed' || state === 'incomplete'
  })
  const waiting = await upload(`title,summary\n${canary('import-own', 'waiting')},两句话\n`)
  await call('F', 'PUT', '/import-mappings/scenarios/mapping', {
    columns: { [canary('mapping-own', 'column')]: 'title' },
  })
  const invitation = await call('F', 'POST', `/organisations/${idOf('F')}/invitations`, {
    email: 'canary.invited@example.com',
    name: canary('invitation-own', 'name'),
  })
  const exclusion = await call('F', 'POST', '/exclusions', { name: canary('exclusion-own', 'name') })
  return {
    exclusionId: exclusion.id,
    importId: done.id,
    waitingImportId: waiting.id,
    invitationId: invitation.id,
    kind: 'scenarios',
    name: 'mapping',
  }
}

/** A scenario that its park held back, with the reason. */
export const plantReview = async (call: Call, { parkA }: Cast): Promise<Ids> => {
  await call('PA', 'PATCH', `/parks/${parkA}/settings`, { publication: 'park' })
  const held = await call('F', 'POST', '/scenarios', {
    title: canary('review-owner', 'title'),
    parkId: parkA,
    publish: true,
  })
  const waiting = await call('F', 'POST', '/scenarios', {
    title: canary('review-owner', 'waiting'),
    parkId: parkA,
    publish: true,
  })
  await call('PA', 'POST', `/scenarios/${held.id}/return`, { reason: canary('review-owner', 'reason') })
  await call('PA', 'PATCH', `/parks/${parkA}/settings`, { publication: 'author' })
  return { returnedId: held.id, heldId: waiting.id }
}

/**
 * A team of the factory and V2, with V1 asked and V0 not, its charter proposed and one vote given; a challenge that U
 * answers; a round of the park in which F and V2 have said whom they want.
 */
export const plantTogether = async (call: Call, cast: Cast, scenarioId: string): Promise<Ids> => {
  const { idOf } = cast
  const team = await call('F', 'POST', '/consortia', {
    scenarioId,
    title: canary('consortium-asked', 'title'),
    facets: [{ id: 'pb.defect-inspection' }],
    required: [idOf('V2')],
    membersMax: 2,
    deadlineAt: soon(),
  })
  await eventually(
    async () => (await call<{ state: string }>('F', 'GET', `/consortia/${team.id}`)).state === 'proposed',
  )
  await call('F', 'POST', `/consortia/${team.id}/invitations`, { also: [{ organisationId: idOf('V1') }] })
  await call('V2', 'POST', `/consortia/${team.id}/membership`, { action: 'accept' })
  const shares = [idOf('F'), idOf('V2')].map(organisationId => ({ organisationId, cost: 5_000, result: 5_000 }))
  await call('F', 'POST', `/consortia/${team.id}/charters`, { terms: canary('charter-members', 'terms'), shares })
  await call('V2', 'POST', `/consortia/${team.id}/votes`, {
    version: 1,
    approves: true,
    note: canary('charter-members', 'note'),
  })
  const challenge = await call('F', 'POST', '/consortia', {
    scenarioId,
    title: canary('challenge-park', 'title'),
    mode: 'challenge',
    facets: [{ id: 'pb.defect-inspection' }],
    deadlineAt: soon(),
  })
  const answer = await call('U', 'POST', `/consortia/${challenge.id}/answers`, {
    approach: canary('answer-own', 'approach'),
    facets: ['pb.defect-inspection'],
    costYuan: 1,
    weeks: 1,
  })
  await call('F', 'POST', `/challenge-answers/${answer.id}/review`, { score: 1, note: canary('verdict-own', 'note') })
  const round = await plantRound(call, cast, scenarioId)
  return { consortiumId: team.id, challengeId: challenge.id, answerId: answer.id, roundId: round }
}

/**
 * A demand pool of the factory, which has joined, and of G, which was only asked: open, as if others had joined as well,
 * since that is the state that shows most. Its rows are written as the worker that finds pools writes them, for the cast
 * has no demands that are alike.
 */
export const plantPool = async (
  deps: Deps,
  call: Call,
  { parkA: parkId, idOf }: Cast,
  scenarioId: string,
): Promise<Ids> => {
  const asked = await call('G', 'POST', '/scenarios', { title: '冲压件划痕', parkId })
  const now = deps.clock.now()
  const poolId = newId(deps, 'pool')
  const own = { poolId, parkId, organisationId: idOf('F') }
  await transaction(deps, { kind: 'worker' }, async tx => {
    await tx.insert(pools).values({
      id: poolId,
      parkId,
      state: 'open',
      problems: ['pb.defect-inspection'],
      processes: [],
      modalities: [],
      similarity: 9_000,
      membersMin: 2,
      size: 2,
      joined: 1,
      unlocked: [],
      sharing: 'unquoted',
      costYuan: null,
      consortiumId: null,
      deadlineAt: new Date(soon()),
      version: 1,
      createdAt: now,
      updatedAt: now,
      settledAt: now,
    })
    await tx.insert(poolMembers).values([
      { ...own, scenarioId, state: 'joined' },
      { ...own, scenarioId: asked.id, organisationId: idOf('G'), state: 'proposed' },
    ])
    await tx.insert(poolFigures).values({ ...own, scenarioId, aloneYuan: 98_740_001 })
  })
  for (const who of ['F', 'PA'] as const)
    await call(who, 'POST', `/pools/${poolId}/quotes`, { costYuan: 1_000, note: canary('pool-members', 'note') })
  return { poolId }
}

const plantRound = async (call: Call, { parkA, idOf }: Cast, scenarioId: string): Promise<string> => {
  const vendors = [idOf('V1'), idOf('V2')]
  const round = await call('PA', 'POST', '/rounds', {
    parkId: parkA,
    title: canary('round-park', 'title'),
    deadlineAt: soon(),
    scenarios: [{ scenarioId, capacity: 1 }],
    vendors: vendors.map(vendorId => ({ vendorId, capacity: 1 })),
    limits: [{ side: 'vendor', name: canary('limits-park', 'name'), members: vendors, seatsMax: 1 }],
  })
  await call('F', 'POST', `/rounds/${round.id}/preferences`, { subjectId: scenarioId, preferences: [idOf('V2')] })
  await call('V2', 'POST', `/rounds/${round.id}/preferences`, { subjectId: idOf('V2'), preferences: [scenarioId] })
  return round.id
}
