import t from 'tap'
import { lexicon } from './lexicon.ts'
import { judge, readDemands } from './shop-floor.ts'

const demands = readDemands(new URL('shop-floor.json', import.meta.url))

for (const demand of demands)
  t.test(`what a factory says is read as its engineer means it: ${demand.text}`, async t => {
    for (const { what, ok, found } of judge(lexicon, demand)) t.ok(ok, what, { found })
  })
