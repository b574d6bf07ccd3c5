import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { createEngine, type Engine } from '../../src/engine/index.ts'
import { compileQuery } from '../../src/engine/lexical/query.ts'
import { createTranslator } from '../../src/engine/lexical/translate.ts'
import { TEXT_WEIGHTS } from '../../src/engine/lexical/weights.ts'
import { loadDictionary } from '../../src/platform/dictionary.ts'
import { loadLexicon } from '../../src/platform/lexicon.ts'

const FOLDER = new URL('../../../shared/bench/dev/', import.meta.url)
const NETWORK = { audiences: ['network'] }
const lexicon = loadLexicon()
const dictionary = loadDictionary(process.env.CEDICT_PATH)

/** Floors a little under what bench/README.md records: they catch a loss, they are no target. */
const FLOORS = [
  { set: 'zh', floor: 0.72 },
  { set: 'en', floor: 0.65 },
  { set: 'xl', floor: dictionary === undefined ? 0.42 : 0.51 },
]

type Text = { id: string; text: string; value?: string; lang?: string }

for (const { set, floor } of FLOORS) {
  const path = new URL(`${set}.queries.jsonl`, FOLDER)
  const isThere = existsSync(path)
  const skip = !isThere && process.env.CI !== 'true' ? `the development set ${set} is not here` : false
  t.test(
    `demand finds its supply in the set ${set} at least as well as it did (nDCG@10 ≥ ${floor})`,
    { skip },
    async t => {
      t.ok(measureNdcg(set) >= floor)
    },
  )
}

t.test('supplies of both languages share one list fairly', async t => {
  const engine = createEngine({ lexicon, dictionary })
  put(engine, 'zh-match', '基于机器视觉的缺陷检测系统，自动识别表面划痕与裂纹')
  put(
    engine,
    'en-match',
    'Machine vision system that detects surface defects such as scratches and cracks automatically',
  )
  put(engine, 'zh-other', '电子发票管理与财务报销平台，自动对账')
  put(engine, 'en-other', 'Invoice management and expense reimbursement platform with automatic reconciliation')
  for (const title of [
    '人工目检表面划痕漏检率高，需要机器视觉缺陷检测',
    'Manual inspection misses surface scratches; we need machine vision defect detection',
  ]) {
    const { matches } = engine.rank({ id: 'demand', title }, NETWORK)
    t.same(
      matches
        .slice(0, 2)
        .map(match => match.capabilityId)
        .sort(),
      ['en-match', 'zh-match'],
      title,
    )
  }
})

t.test('the text part names the words that met, in both texts and both languages', async t => {
  const engine = createEngine({ lexicon })
  put(engine, 'vision', '视觉检测系统，识别表面划痕')
  const { matches } = engine.rank({ id: 'demand', title: 'surface scratches are missed by inspectors' }, NETWORK)
  const part = matches[0]?.factory.parts.find(({ name }) => name === 'text')
  t.ok((part?.value ?? 0) > 0)
  t.match(part?.evidence[0]?.capability[0]?.surface ?? '', /表面|划痕|检测/)
})

t.test('a demand looks for a long word once, and still finds a supply that says a piece of it', async t => {
  const query = compileQuery(lexicon.vocabulary, createTranslator(undefined, 1), TEXT_WEIGHTS, '人工智能')
  const words = query.byLanguage.zh.terms.filter(term => term.termClass === 'word').map(term => term.key)
  t.same(words, ['人工智能'])
  const engine = createEngine({ lexicon })
  put(engine, 'piece', '智能仪表')
  put(engine, 'other', '报销')
  const { matches } = engine.rank({ id: 'demand', title: '人工智能' }, NETWORK)
  t.equal(matches[0]?.capabilityId, 'piece')
})

function put(engine: Engine, id: string, summary: string): void {
  engine.index.put({ id, organisationId: id, audiences: ['network'], input: { id, title: '', summary } })
}

function measureNdcg(set: string): number {
  const documents = readTexts(`${set}.docs.jsonl`)
  const engine = createEngine({ lexicon, dictionary })
  for (const { id, text, value } of documents) {
    const input = { id, title: '', summary: text, ...(value === undefined ? {} : { benefits: value }) }
    engine.index.put({ id, organisationId: id, audiences: ['network'], input })
  }
  const languages = new Map(documents.map(({ id, lang }) => [id, lang]))
  const grades = readGrades(`${set}.qrels.tsv`)
  const scores = readTexts(`${set}.queries.jsonl`).flatMap(({ id, text, lang }) => {
    const known = grades.get(id)
    if (known === undefined || Math.max(...known.values()) === 0) return []
    const ranked = [...engine.scoreAll({ id, title: '', summary: text }, NETWORK)]
      .filter(([document]) => set !== 'xl' || languages.get(document) !== lang)
      .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    return [
      gainOf(ranked.map(([document]) => known.get(document) ?? 0)) / gainOf([...known.values()].sort((a, b) => b - a)),
    ]
  })
  return scores.reduce((sum, score) => sum + score, 0) / scores.length
}

/** Discounted cumulative gain of the first ten grades, with gains 2^grade - 1. */
function gainOf(ranked: number[]): number {
  return ranked.slice(0, 10).reduce((sum, grade, i) => sum + (2 ** grade - 1) / Math.log2(i + 2), 0)
}

function readTexts(name: string): Text[] {
  return readLines(name).map(line => JSON.parse(line))
}

function readGrades(name: string): Map<string, Map<string, number>> {
  const grades = new Map<string, Map<string, number>>()
  for (const line of readLines(name)) {
    const [query = '', document = '', grade = '0'] = line.split('\t')
    const known = grades.get(query) ?? new Map<string, number>()
    grades.set(query, known.set(document, Number(grade)))
  }
  return grades
}

function readLines(name: string): string[] {
  return readFileSync(new URL(name, FOLDER), 'utf8')
    .split('\n')
    .filter(line => line !== '')
}
