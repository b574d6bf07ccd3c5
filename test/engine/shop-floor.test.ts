import t from 'tap'
import { lexicon } from './lexicon.ts'
import { judge, readDemands } from './shop-floor.ts'

const demands = readDemands(new URL('shop-floor.json', import.meta.url))

for (const demand of demands)
  t.test(`what a factory says is read as its engineer means it: ${demand.text}`, async t => {
    for (const { what, ok, found } of judge(lexicon, demand)) t.ok(ok, what, { found })
  })

const MORE_READ_MIN = 114

t.test(`of forty demands by another engineer at least ${MORE_READ_MIN} of 146 parts are read`, async t => {
  const more = readDemands(new URL('shop-floor-more.json', import.meta.url))
  const checks = more.flatMap(demand => judge(lexicon, demand))
  t.equal(checks.length, 146)
  t.ok(checks.filter(({ ok }) => ok).length >= MORE_READ_MIN)
})
