import t from 'tap'
import { startWorkers } from '../../workers/start.ts'
import { build, eventually } from '../helper.ts'
import { makeCast } from './cast.ts'

t.test('what a suspended member published falls out of the matches, and comes back with it', async t => {
  const { app, deps } = await build(t)
  const workers = await startWorkers(deps)
  t.teardown(() => workers.close())
  const cast = await makeCast(deps, app)
  const capability = await cast.publishCapability()
  const scenario = await cast.publishScenario()
  const stateFor = async (key: string) => {
    const { items } = await cast.call(key, 'GET', `/scenarios/${scenario.id}/matches`)
    return items.find((match: { capabilityId: string }) => match.capabilityId === capability.id)?.state
  }
  const decide = (organisationId: string, state: string) =>
    cast.call(cast.park.key, 'PATCH', `/parks/${cast.park.id}/memberships/${organisationId}`, { state })
  const becomes = async (wanted: string) =>
    t.ok(await eventually(async () => ((await stateFor(cast.park.key)) === wanted ? wanted : undefined)), wanted)
  await becomes('proposed')

  for (const organisationId of [cast.vendor.id, cast.factory.id]) {
    await decide(organisationId, 'suspended')
    await eventually(async () => ((await stateFor(cast.park.key)) !== 'proposed' ? true : undefined))
    await decide(organisationId, 'active')
    await becomes('proposed')
  }
})
