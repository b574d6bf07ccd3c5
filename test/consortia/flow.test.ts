import t, { type Test } from 'tap'
import type { FastifyInstance } from 'fastify'
import { createAssembleHandler } from '../../workers/assemble.ts'
import { solveWithHighs } from '../../src/consortia/highs.ts'
import { claim, settle } from '../../src/events/outbox.ts'
import { insertKey } from '../../src/identity/service.ts'
import { transaction } from '../../src/platform/db.ts'
import type { Deps } from '../../src/platform/deps.ts'
import { loadSeeds, type Seeded } from '../../seeds/load.ts'
import { reactTo } from '../../workers/reactions.ts'
import { bearer, build, createTestClock } from '../helper.ts'

const ROBOT = {
  owner: 'taihu-precision',
  title: 'Guided insertion for a cell with mixed trays',
  // Vision, gripper, integration, a training ground, a fund.
  facets: ['tech.pose', 'pb.grasp', 'pb.robot-assembly', 'rs.traininground', 'element.capital'],
}
const FURNITURE = {
  owner: 'baishun-furniture',
  title: '木皮色差分不开，整套家具装完一深一浅',
  facets: ['pb.colour', 'rs.hqdataset', 'rs.labelbase', 'rs.trusteddataspace', 'role.institute'],
}
const DEADLINE = '2026-12-01T08:00:00.000Z'

/** Calls of the API as an organisation. */
const callerOf = (app: FastifyInstance, key: string) => {
  const send = (method: 'GET' | 'POST') => async (url: string, payload?: object) => {
    const answer = await app.inject({ method, url: `/v1${url}`, headers: bearer(key), ...(payload ? { payload } : {}) })
    return { status: answer.statusCode, body: answer.json() }
  }
  return { get: send('GET'), post: send('POST') }
}
type Caller = ReturnType<typeof callerOf>

/** Runs what the outbox asks of the assemble queue, as the relay and the worker would. */
const assembleDue = async (deps: Deps): Promise<void> => {
  const handler = createAssembleHandler({ ...deps, solve: model => solveWithHighs(model, 10_000) })
  for (;;) {
    const batch = await transaction(deps, { kind: 'worker' }, async tx => {
      const events = await claim(tx, 200)
      const { jobs, doneIds } = reactTo(events)
      await settle(tx, deps, { ids: events.map(event => event.id), doneIds })
      return { jobs, count: events.length }
    })
    if (batch.count === 0) return
    for (const job of batch.jobs) if (job.queue === 'assemble') await handler(job)
  }
}

const keyOf = async (deps: Deps, organisationId: string) =>
  transaction(deps, { kind: 'worker' }, async tx => {
    const made = await insertKey(
      tx,
      deps,
      { organisationId, madeById: organisationId },
      { name: 'flow', role: 'owner' },
    )
    return made.secret ?? ''
  })

t.test('from the seeds to a charter, through the API alone', async t => {
  const { app, deps } = await build(t, { clock: createTestClock('2026-11-02T08:00:00.000Z') })
  const seeded: Seeded = await loadSeeds(deps)
  const as = async (key: string): Promise<Caller & { id: string }> => {
    const id = seeded.organisations.get(key) ?? ''
    return { id, ...callerOf(app, await keyOf(deps, id)) }
  }
  const callers = new Map<string, Caller>()
  const callerById = async (id: string): Promise<Caller> => {
    const known = callers.get(id) ?? callerOf(app, await keyOf(deps, id))
    callers.set(id, known)
    return known
  }

  /** Invites the proposal, lets everybody accept, and takes the charter to its adoption. */
  const form = async (t: Test, owner: Caller, consortiumId: string) => {
    const invited = await owner.post(`/consortia/${consortiumId}/invitations`, {})
    t.equal(invited.status, 200, invited.body.title)
    t.equal(invited.body.state, 'forming')
    const ids: string[] = invited.body.members.map((member: { organisationId: string }) => member.organisationId)
    for (const member of invited.body.members)
      if (member.state === 'invited') {
        const answer = await (await callerById(member.organisationId)).post(`/consortia/${consortiumId}/membership`, {
          action: 'accept',
        })
        t.equal(answer.status, 200, answer.body.title)
      }
    const even = Math.floor(10_000 / ids.length)
    const shares = ids.map((organisationId, i) => {
      const share = i === 0 ? 10_000 - even * (ids.length - 1) : even
      return { organisationId, cost: share, result: share }
    })
    const charter = await owner.post(`/consortia/${consortiumId}/charters`, {
      terms: '各方按份额出资，成果共享。',
      shares,
    })
    t.equal(charter.status, 201, charter.body.title)
    for (const id of ids) {
      const vote = await (await callerById(id)).post(`/consortia/${consortiumId}/votes`, {
        version: charter.body.charter.version,
        approves: true,
      })
      if (vote.status === 409) t.equal((await owner.get(`/consortia/${consortiumId}`)).body.state, 'formed')
      else t.equal(vote.status, 200, vote.body.title)
    }
    return owner.get(`/consortia/${consortiumId}`)
  }

  const ask = async (t: Test, owner: Caller, title: string, facets: string[]) => {
    const found = await owner.get(`/scenarios?limit=100&organisationId=mine`)
    const scenario = found.body.items.find((item: { title: string }) => item.title === title)
    t.ok(scenario, `the seed ${title}`)
    const made = await owner.post('/consortia', {
      scenarioId: scenario.id,
      facets: facets.map(id => ({ id })),
      deadlineAt: DEADLINE,
    })
    t.equal(made.status, 201, made.body.title)
    t.equal(made.body.state, 'assembling')
    await assembleDue(deps)
    return owner.get(`/consortia/${made.body.id}`)
  }

  await t.test('a robot cell that needs vision, a gripper, integration, a training ground and a fund', async t => {
    const owner = await as(ROBOT.owner)
    const proposed = await ask(t, owner, ROBOT.title, ROBOT.facets)
    t.equal(proposed.body.state, 'proposed')
    t.same(proposed.body.proposal.team.uncovered, [], 'every facet has somebody')
    t.equal(proposed.body.proposal.gap, 0, 'and no team is better')
    t.ok(proposed.body.proposal.team.members.includes(owner.id))
    t.ok(proposed.body.proposal.contributions.length >= 3)
    const formed = await form(t, owner, proposed.body.id)
    t.equal(formed.body.state, 'formed', String(formed.body.obstacles))
    t.equal(formed.body.charterVersion, 1)
  })

  await t.test('a furniture cluster that makes a shared defect data set', async t => {
    const owner = await as(FURNITURE.owner)
    const proposed = await ask(t, owner, FURNITURE.title, FURNITURE.facets)
    t.same(proposed.body.proposal.team.uncovered, [])
    const formed = await form(t, owner, proposed.body.id)
    t.equal(formed.body.state, 'formed', String(formed.body.obstacles))
    const kinds = new Set(formed.body.members.map((member: { role: string }) => member.role))
    t.ok(kinds.has('institute') && kinds.has('manufacturer'), [...kinds].join())
  })
})
