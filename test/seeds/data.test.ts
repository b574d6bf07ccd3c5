import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { capabilities } from '../../seeds/data/capabilities.ts'
import { DEMO_MANUFACTURER, DEMO_VENDOR, demoTexts } from '../../seeds/data/demo-texts.ts'
import { organisations } from '../../seeds/data/organisations.ts'
import { parks } from '../../seeds/data/parks.ts'
import { resources } from '../../seeds/data/resources.ts'
import { scenarios } from '../../seeds/data/scenarios.ts'
import type { MoneyRange, ScenarioInput } from '../../src/engine/types.ts'
import { listCapabilityConcepts, listScenarioConcepts, type NamedConcept } from './concept-refs.ts'

const lexiconFolder = new URL('../../src/engine/lexicon/', import.meta.url)
const knownConcepts = new Set(
  readdirSync(lexiconFolder)
    .filter(name => name.endsWith('.jsonl'))
    .flatMap(name => readFileSync(new URL(name, lexiconFolder), 'utf8').trim().split('\n'))
    .map(line => String(JSON.parse(line).id)),
)

const organisationByKey = new Map(organisations.map(organisation => [organisation.key, organisation]))
const demands: Omit<ScenarioInput, 'id'>[] = [...scenarios.map(scenario => scenario.input), ...demoTexts]
const repeated = (values: string[]) => values.filter((value, index) => values.indexOf(value) !== index)
const isWrong = ({ schemes, ref }: NamedConcept) =>
  typeof ref === 'string' && !(knownConcepts.has(ref) && schemes.some(scheme => ref.startsWith(`${scheme}.`)))
const isInverted = (money: MoneyRange | undefined) => (money?.min ?? 0) > (money?.max ?? Number.POSITIVE_INFINITY)

void t.test('every concept is one of the lexicon, and of the scheme that its field takes', async t => {
  const refs = [
    ...demands.flatMap(listScenarioConcepts),
    ...capabilities.flatMap(capability => listCapabilityConcepts(capability.input)),
    ...resources.map(resource => ({ schemes: ['rs'], ref: resource.kind })),
  ]
  t.same(refs.filter(isWrong), [])
})

void t.test('there is enough of everything, in enough industries and kinds of problem', async t => {
  t.equal(parks.length, 2)
  const kinds = (kind: string) => organisations.filter(organisation => organisation.kind === kind).length
  t.same([kinds('institute'), kinds('provider'), kinds('government')], [3, 4, 2])
  t.ok(kinds('manufacturer') >= 30 && kinds('vendor') >= 35)
  t.ok(scenarios.length >= 60)
  t.ok(capabilities.length >= 80)
  t.ok(resources.length >= 20)
  t.equal(demoTexts.length, 12)
  t.ok(new Set(scenarios.map(scenario => scenario.input.industry)).size >= 12)
  t.ok(new Set(scenarios.flatMap(scenario => scenario.input.problems ?? [])).size >= 20)
})

void t.test('natural keys are unique and in kebab case', async t => {
  for (const rows of [organisations, scenarios, capabilities, resources]) {
    const keys = rows.map(row => row.key)
    t.same(repeated(keys), [])
    t.same(
      keys.filter(key => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(key)),
      [],
    )
  }
  t.same(repeated(organisations.map(organisation => organisation.name)), [])
})

void t.test('what a row refers to exists, is of the right kind and is a member of the park', async t => {
  const slugs = new Set(parks.map(park => park.slug))
  t.same(
    organisations.filter(({ parks: of }) => of.length === 0 || of.some(slug => !slugs.has(slug))),
    [],
  )
  const isMember = (key: string, park: string) => organisationByKey.get(key)?.parks.includes(park) ?? false
  const isKind = (key: string, kind: string) => organisationByKey.get(key)?.kind === kind
  const strayScenarios = scenarios.filter(
    ({ organisation, park }) => !isKind(organisation, 'manufacturer') || !isMember(organisation, park),
  )
  const strayCapabilities = capabilities.filter(
    ({ organisation, offeredTo }) =>
      !isKind(organisation, 'vendor') || offeredTo.some(to => to !== 'network' && !isMember(organisation, to)),
  )
  const strayResources = resources.filter(({ organisation, park }) => !isMember(organisation, park))
  t.same([strayScenarios, strayCapabilities, strayResources], [[], [], []])
  t.ok(isKind(DEMO_MANUFACTURER, 'manufacturer') && isKind(DEMO_VENDOR, 'vendor'))
})

void t.test('no two texts are the same, and none is longer than a real one', async t => {
  const texts = [...demands, ...capabilities.map(capability => capability.input)]
  t.same(repeated(texts.map(text => text.title)), [])
  t.same(repeated([...texts.map(text => text.summary ?? ''), ...resources.map(resource => resource.summary)]), [])
  t.same(
    texts.filter(text => text.title.length > 60).map(text => text.title),
    [],
  )
  t.same(
    texts.filter(text => !text.summary).map(text => text.title),
    [],
  )
})

void t.test('numbers are possible: shares from 0 to 1, ranges in order, dates that exist', async t => {
  const shares = demands
    .flatMap(demand => demand.datasets ?? [])
    .flatMap(({ labelCoverage = 0, completeness = 0 }) => [labelCoverage, completeness])
  t.same(
    shares.filter(share => share < 0 || share > 1),
    [],
  )
  t.same([...demands.map(d => d.budget), ...capabilities.map(c => c.input.price)].filter(isInverted), [])
  const dates = demands.flatMap(demand => [demand.startsOn, demand.neededBy]).filter(date => date !== undefined)
  t.same(
    dates.filter(date => new Date(date).toISOString().slice(0, 10) !== date),
    [],
  )
})

void t.test('the demand is as uneven as real demand: some rich, some partly told, some a bare text', async t => {
  const told = scenarios.map(({ input }) => [input.datasets, input.constraints, input.budget, input.goals])
  const rich = told.filter(fields => fields.every(field => field !== undefined)).length
  const bare = scenarios.filter(({ input }) => !input.datasets && !input.goals).length
  t.ok(rich / scenarios.length > 0.25 && rich / scenarios.length < 0.45, `${rich} rich`)
  t.ok(bare / scenarios.length > 0.2 && bare / scenarios.length < 0.45, `${bare} bare`)
  const sealedImages = scenarios
    .flatMap(({ input }) => input.datasets ?? [])
    .filter(({ volume, labelCoverage, reach }) => volume?.value === 20_000 && labelCoverage === 0 && reach === 'site')
  t.equal(sealedImages.length, 1)
})

void t.test(
  'every demo text is of a kind that the demo vendor serves where the plant is, within its budget',
  async t => {
    const plantParks = organisationByKey.get(DEMO_MANUFACTURER)?.parks ?? []
    const offers = capabilities.filter(
      ({ organisation, offeredTo }) =>
        organisation === DEMO_VENDOR && offeredTo.some(to => to === 'network' || plantParks.includes(to)),
    )
    for (const text of demoTexts) {
      const serves = offers.some(
        ({ input }) =>
          (text.problems ?? []).some(problem => (input.problems ?? []).includes(problem)) &&
          (text.constraints?.deployments ?? []).some(form => (input.deployments ?? []).includes(form)) &&
          (input.price?.min ?? 0) <= (text.budget?.max ?? 0),
      )
      t.ok(serves, text.title)
    }
  },
)
