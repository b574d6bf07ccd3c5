import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

/**
 * Runs the measurements one after the other, each within its time, and writes their table in bench/README.md anew.
 * `--quick` takes reduced sizes, which the table says; `--from <file>` takes lines that were printed before. The engine's own measurements stand apart (`bench:quality`,
 * `bench:rank`).
 */
const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' }, from: { type: 'string' } },
})
/** What has a column of its own, or stands above the table. */
const SHOWN = ['bench', 'backend', 'direction', 'ours', 'unit', 'rival', 'rivalName', 'ratio', 'goal', 'met', 'cores']
const FILE = join(import.meta.dirname, 'README.md')
const [FROM, TO] = ['<!-- measured -->', '<!-- /measured -->']

const BENCHES = [
  { name: 'api', quick: ['--seconds', '5'], full: [], withinS: 300 },
  { name: 'flow', quick: ['--capabilities', '5000', '--seconds', '10'], full: [], withinS: 1_800 },
  { name: 'run', quick: ['--capabilities', '5000', '--scenarios', '300'], full: [], withinS: 5_400 },
  { name: 'import', quick: ['--rows', '20000'], full: ['--rows', '500000'], withinS: 1_800 },
  { name: 'soak', quick: ['--seconds', '60', '--capabilities', '1000'], full: [], withinS: 1_500 },
  { name: 'webhooks', quick: ['--deliveries', '2000'], full: [], withinS: 1_200 },
]

type Line = Record<string, unknown> & { bench: string }
const lines: Line[] = values.from === undefined ? [] : listLines(readFileSync(values.from, 'utf8'))
const wanted = values.from === undefined ? (values.only?.split(',') ?? BENCHES.map(({ name }) => name)) : []
for (const bench of BENCHES.filter(({ name }) => wanted.includes(name))) lines.push(...(await run(bench)))
writeTable(lines)

function run({ name, quick, full, withinS }: (typeof BENCHES)[number]): Promise<Line[]> {
  const program = join(import.meta.dirname, `${name}.ts`)
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...(values.quick ? quick : full)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const timer = setTimeout(() => child.kill(), withinS * 1_000)
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  return new Promise(resolve =>
    child.on('close', code => {
      clearTimeout(timer)
      process.stdout.write(output)
      const found = listLines(output)
      resolve(code === 0 && found.length > 0 ? found : [...found, { bench: name, note: `ended with ${String(code)}` }])
    }),
  )
}

function listLines(output: string): Line[] {
  return output.split('\n').flatMap(line => (line.startsWith('{') ? [JSON.parse(line) as Line] : []))
}

function writeTable(all: Line[]): void {
  const text = readFileSync(FILE, 'utf8')
  const date = new Date().toISOString().slice(0, 10)
  const size = values.quick ? 'reduced sizes' : 'full sizes'
  const head = `${date}, ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${size}.`
  const rows = all.map(
    line =>
      `| ${['bench', 'ours', 'rival', 'ratio', 'goal', 'met', 'more'].map(cell => show(line, cell)).join(' | ')} |`,
  )
  const table = `${FROM}\n${head}\n\n| bench | ours | rival | ratio | goal | met | more |\n|---|---|---|---|---|---|---|\n${rows.join('\n')}\n${TO}`
  const before = text.slice(0, text.indexOf(FROM))
  const after = text.slice(text.indexOf(TO) + TO.length)
  writeFileSync(FILE, before + table + after)
}

function show(line: Line, cell: string): string {
  const text = (name: string) => (['string', 'number', 'boolean'].includes(typeof line[name]) ? String(line[name]) : '')
  if (cell === 'bench') return [text('bench'), text('direction'), text('backend')].filter(Boolean).join(' ')
  if (cell === 'ours') return `${text('ours')} ${text('unit')}`.trim()
  if (cell === 'rival') return [text('rival'), text('rivalName')].filter(Boolean).join(': ')
  if (cell === 'met') return line['met'] === true ? 'yes' : line['met'] === false ? 'no' : ''
  if (cell !== 'more') return text(cell)
  return Object.entries(line)
    .filter(([name]) => !SHOWN.includes(name))
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ')
}
