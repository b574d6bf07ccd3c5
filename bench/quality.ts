import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { createEngine } from '../src/engine/index.ts'
import { loadDictionary } from '../src/platform/dictionary.ts'
import { loadLexicon } from '../src/platform/lexicon.ts'

/**
 * Ranks every document of a set (`<set>.docs.jsonl`) for every query (`<set>.queries.jsonl`) with the production
 * engine, both as records made of text alone, and writes `qid<TAB>docid<TAB>score`, best first.
 */
type Text = { id: string; text: string; value?: string }

const { values } = parseArgs({
  options: { set: { type: 'string' }, out: { type: 'string' }, 'no-dictionary': { type: 'boolean', default: false } },
})
const { set, out } = values
if (set === undefined || out === undefined) {
  console.error('usage: bench:quality -- --set <path of a set> --out <run.tsv> [--no-dictionary]')
  process.exit(2)
}

const engine = createEngine({
  lexicon: loadLexicon(),
  dictionary: values['no-dictionary'] ? undefined : loadDictionary(process.env.CEDICT_PATH),
})
for (const { id, text, value } of readTexts(`${set}.docs.jsonl`)) {
  const input = { id, title: '', summary: text, ...(value === undefined ? {} : { benefits: value }) }
  engine.index.put({ id, organisationId: id, audiences: ['network'], input })
}
const lines = readTexts(`${set}.queries.jsonl`).flatMap(({ id, text }) =>
  [...engine.scoreAll({ id, title: '', summary: text }, { audiences: ['network'] })]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .map(([document, score]) => `${id}\t${document}\t${score}`),
)
writeFileSync(out, `${lines.join('\n')}\n`)
console.log(JSON.stringify({ set, versions: engine.versions, lines: lines.length }))

function readTexts(path: string): Text[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line))
}
