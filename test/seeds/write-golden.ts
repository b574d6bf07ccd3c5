import { writeFileSync } from 'node:fs'
import { createSeededEngine, GOLDEN_GROUPS, GOLDEN_LANGUAGES, goldenPath, renderGolden } from './golden-rankings.ts'

/** Writes the golden rankings anew: `npm run golden`, then read what changed. */
const engine = createSeededEngine()
for (const group of Object.keys(GOLDEN_GROUPS)) {
  for (const language of GOLDEN_LANGUAGES)
    writeFileSync(goldenPath(group, language), renderGolden(engine, group, language))
}
