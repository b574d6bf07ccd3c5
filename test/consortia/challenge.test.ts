import t from 'tap'
import { createAssembleHandler } from '../../workers/assemble.ts'
import { solveWithHighs } from '../../src/consortia/highs.ts'
import { expireConsortia } from '../../src/consortia/service.ts'
import { append } from '../../src/events/outbox.ts'
import { transaction } from '../../src/platform/db.ts'
import { SCENARIO } from '../flows/cast.ts'
import { bearer, build, createTestClock, makeOrganisation, makePark } from '../helper.ts'

t.test('a challenge, who sees what of it, and who takes over when somebody leaves', async t => {
  const clock = createTestClock('2026-11-02T08:00:00.000Z')
  const { app, deps } = await build(t, { clock })
  const park = await makePark(deps)
  const factory = await makeOrganisation(deps, 'manufacturer', [park.id])
  const institute = await makeOrganisation(deps, 'institute', [park.id])
  const other = await makeOrganisation(deps, 'institute', [park.id])
  const stranger = await makeOrganisation(deps, 'institute', [(await makePark(deps)).id])
  const call = async (key: string, method: 'GET' | 'POST', url: string, payload?: object) => {
    const answer = await app.inject({ method, url: `/v1${url}`, headers: bearer(key), ...(payload ? { payload } : {}) })
    return { status: answer.statusCode, body: answer.json() }
  }
  const scenario = await call(factory.key, 'POST', '/scenarios', { ...SCENARIO, parkId: park.id, publish: true })
  const asked = {
    scenarioId: scenario.body.id,
    facets: [{ id: 'role.institute' }],
    deadlineAt: '2026-12-01T08:00:00.000Z',
  }
  t.equal((await call(institute.key, 'POST', '/consortia', asked)).status, 403, 'whose scenario it is not')
  const challenge = await call(factory.key, 'POST', '/consortia', { ...asked, mode: 'challenge' })
  t.equal(challenge.status, 201, challenge.body.title)
  const id: string = challenge.body.id

  await t.test('members of the park see it and answer, each sees its own answer, strangers see nothing', async t => {
    t.equal((await call(stranger.key, 'GET', `/consortia/${id}`)).status, 404)
    const seen = await call(institute.key, 'GET', `/consortia/${id}`)
    t.equal(seen.status, 200)
    t.notOk('proposal' in seen.body)
    const answer = { approach: '小样本加合成数据', facets: ['role.institute'], costYuan: 300_000, weeks: 12 }
    t.equal((await call(stranger.key, 'POST', `/consortia/${id}/answers`, answer)).status, 404)
    t.equal((await call(factory.key, 'POST', `/consortia/${id}/answers`, answer)).status, 403)
    t.equal((await call(institute.key, 'POST', `/consortia/${id}/answers`, answer)).status, 201)
    t.equal((await call(institute.key, 'POST', `/consortia/${id}/answers`, answer)).status, 409, 'once')
    t.same((await call(other.key, 'GET', `/consortia/${id}/answers`)).body.items, [])
    t.equal((await call(factory.key, 'GET', `/consortia/${id}/answers`)).body.items.length, 1)
  })

  await t.test('a selected answer is an invitation, and the invited does not learn whose scenario it is', async t => {
    const [answer] = (await call(factory.key, 'GET', `/consortia/${id}/answers`)).body.items
    t.equal((await call(other.key, 'POST', `/challenge-answers/${answer.id}/review`, { score: 1 })).status, 404)
    const reviewed = await call(factory.key, 'POST', `/challenge-answers/${answer.id}/review`, {
      score: 8_200,
      select: true,
    })
    t.match(reviewed.body.review, { score: 8_200, isSelected: true })
    const seen = await call(institute.key, 'GET', `/consortia/${id}`)
    t.match(seen.body.members, [{ organisationId: institute.id, state: 'invited' }])
    t.equal(seen.body.members.length, 1)
    t.equal((await call(other.key, 'POST', `/consortia/${id}/membership`, { action: 'accept' })).status, 404)
    await call(institute.key, 'POST', `/consortia/${id}/membership`, { action: 'accept' })
    t.equal((await call(institute.key, 'GET', `/consortia/${id}`)).body.members.length, 2, 'a member sees the members')
  })

  await t.test('shares that do not add up are refused', async t => {
    await call(factory.key, 'POST', `/consortia/${id}/membership`, { action: 'accept' })
    const shares = [factory, institute].map(({ id: organisationId }) => ({
      organisationId,
      cost: 5_000,
      result: 4_000,
    }))
    t.equal((await call(factory.key, 'POST', `/consortia/${id}/charters`, { terms: '各半', shares })).status, 422)
  })

  await t.test('who leaves a team is replaced by the next best, who is invited', async t => {
    for (const [i, lender] of [institute, other].entries())
      await call(lender.key, 'POST', '/resources', {
        parkId: park.id,
        element: 'data',
        kind: 'rs.labelbase',
        title: `标注 ${i}`,
      })
    const team = await call(factory.key, 'POST', '/consortia', { ...asked, facets: [{ id: 'rs.labelbase' }] })
    const assemble = createAssembleHandler({ ...deps, solve: model => solveWithHighs(model, 10_000) })
    const worker = { kind: 'worker' } as const
    const work = async () => {
      const data = { consortiumId: team.body.id as string }
      const [eventId = ''] = await transaction(deps, worker, tx =>
        append(tx, deps, worker, [{ type: 'consortium.requested', data }]),
      )
      await assemble({ id: 'job', data: { eventId, subject: 'consortium', id: team.body.id } })
    }
    await work()
    const invited = await call(factory.key, 'POST', `/consortia/${team.body.id}/invitations`, {})
    const first = invited.body.members.find((member: { role: string }) => member.role === 'institute')
    const [leaver, next] = first.organisationId === institute.id ? [institute, other] : [other, institute]
    await call(leaver.key, 'POST', `/consortia/${team.body.id}/membership`, { action: 'accept' })
    const left = await call(leaver.key, 'POST', `/consortia/${team.body.id}/membership`, { action: 'leave' })
    t.equal(left.status, 200, left.body.title)
    await work()
    const now = await call(factory.key, 'GET', `/consortia/${team.body.id}`)
    t.match(
      now.body.members.find((member: { organisationId: string }) => member.organisationId === next.id),
      { state: 'invited', facets: ['rs.labelbase'] },
    )
  })

  await t.test('what has not formed by its deadline expires', async t => {
    clock.advance(60 * 86_400_000)
    t.equal(await expireConsortia(deps, 10), 2)
    t.equal((await call(factory.key, 'GET', `/consortia/${id}`)).body.state, 'expired')
  })
})
