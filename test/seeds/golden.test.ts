import { readFileSync } from 'node:fs'
import t from 'tap'
import { scenarios } from '../../seeds/data/scenarios.ts'
import { createSeededEngine, GOLDEN_GROUPS, GOLDEN_LANGUAGES, goldenPath, renderGolden } from './golden-rankings.ts'

const FILE_BYTES_MAX = 40_000
/** `npm run golden` starts it. */
const WRITER = 'test/seeds/write-golden.ts'

const engine = createSeededEngine()

void t.test(
  'every demand of the seeds is ranked as it was when a person last read the list, for the same reasons',
  async t => {
    for (const group of Object.keys(GOLDEN_GROUPS)) {
      for (const language of GOLDEN_LANGUAGES) {
        const golden = readFileSync(goldenPath(group, language), 'utf8')
        t.equal(
          renderGolden(engine, group, language),
          golden,
          `${group} in ${language}; if the change is meant, run ${WRITER} and read the difference`,
        )
        t.ok(Buffer.byteLength(golden) < FILE_BYTES_MAX, 'short enough to be read')
      }
    }
  },
)

void t.test('no demand of the seeds is left out', async t => {
  const ranked = new Set(Object.values(GOLDEN_GROUPS).flatMap(group => group.map(({ key }) => key)))
  t.same(
    scenarios.filter(({ key }) => !ranked.has(key)),
    [],
  )
})
