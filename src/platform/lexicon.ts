import { readdirSync, readFileSync } from 'node:fs'
import { buildLexicon, type Lexicon } from '../engine/lexicon/lexicon.ts'

const FOLDER = new URL('../engine/lexicon/', import.meta.url)

/**
 * Reads the lexicon's JSON lines (every `*.jsonl` beside the engine's lexicon code, by name) and builds it. Reads the
 * disk each time and takes tens of milliseconds: call it once per process and pass the result on.
 */
export function loadLexicon(): Lexicon {
  const files = readdirSync(FOLDER)
    .filter(name => name.endsWith('.jsonl'))
    .sort()
  return buildLexicon(files.map(name => readFileSync(new URL(name, FOLDER), 'utf8')).join('\n'))
}
