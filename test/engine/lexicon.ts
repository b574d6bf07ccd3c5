import { readFileSync } from 'node:fs'
import { buildLexicon } from '../../src/engine/lexicon/lexicon.ts'

/** The product's own lexicon, read once per test file. */
export const lexicon = buildLexicon(
  readFileSync(new URL('../../src/engine/lexicon/concepts.jsonl', import.meta.url), 'utf8'),
)
