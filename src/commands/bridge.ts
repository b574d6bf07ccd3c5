import { parseArgs } from 'node:util'
import { loadGolden } from '../../seeds/golden.ts'
import { learnCandidate, listBridges, promoteCandidate, retireCurrent, type StoredBridge } from '../matching/bridge.ts'
import { boot } from '../platform/boot.ts'
import { ConfigError, parseConfig } from '../platform/config.ts'
import type { Deps } from '../platform/deps.ts'
import { loadDictionary } from '../platform/dictionary.ts'

const USAGE = `npm run bridge -- learn              learn a candidate from the outcomes of matches; changes no score
npm run bridge -- promote <version>  compare it with the current one, and use it where nothing falls
npm run bridge -- retire             take the current one out of use; the one that it replaced comes back
npm run bridge -- show [<version>]   list what was learned, or the pairs of one
Workers take up what is current when they start next.`

/** Whether the command did what it was asked. */
type Done = { lines: string[]; done: boolean }

const COMMANDS: Record<string, (deps: Deps, version: string) => Promise<Done>> = {
  learn: async deps => {
    const result = await learnCandidate(deps)
    if (result.kind === 'tooFew')
      return { lines: [`${result.outcomes} outcomes so far; learning starts at ${result.needed}`], done: false }
    const word = result.kind === 'known' ? 'was learned before' : 'learned'
    return { lines: [`${word}: ${describe(result.bridge)}`], done: true }
  },
  promote: async (deps, version) => {
    const dictionary = loadDictionary(deps.config.dictionaryPath)
    const result = await promoteCandidate({ ...deps, dictionary }, version, loadGolden())
    if (result.kind === 'notACandidate') return { lines: [`${version} is no candidate`], done: false }
    const said = result.kind === 'promoted' ? 'promoted' : `refused, ${result.because}`
    return { lines: [said, ...describeMeasures(result.bridge)], done: result.kind === 'promoted' }
  },
  retire: async deps => {
    const { retired, current } = await retireCurrent(deps)
    if (!retired) return { lines: ['no model is in use'], done: false }
    return { lines: [`retired ${retired.version}`, `in use: ${current?.version ?? 'none'}`], done: true }
  },
  show: async (deps, version) => {
    const bridges = await listBridges(deps)
    if (version === '')
      return { lines: bridges.flatMap(bridge => [describe(bridge), ...describeMeasures(bridge)]), done: true }
    const bridge = bridges.find(row => row.version === version)
    if (!bridge) return { lines: [`${version} is not known`], done: false }
    const name = (id: string) => `${id} ${deps.lexicon.label(id, 'zh')}`
    const pairs = bridge.model.pairs.map(
      ({ demand, supply, weight }) => `${String(weight).padStart(6)}  ${name(demand)} → ${name(supply)}`,
    )
    return { lines: [describe(bridge), ...pairs], done: true }
  },
}

const describe = ({ version, state, model, evidence, createdAt }: StoredBridge): string =>
  `${version}  ${state}  ${model.pairs.length} pairs from ${evidence.outcomes} outcomes (${evidence.positives} good) of ${evidence.factories} factories and ${evidence.vendors} vendors, ${createdAt.toISOString()}`

const describeMeasures = ({ measures }: StoredBridge): string[] =>
  measures
    ? [
        ...measures.parks.map(
          park => `  ${park.parkId}: ${park.current} → ${park.candidate} (${park.comparisons} comparisons)`,
        ),
        `  golden rankings: ${measures.golden.current} → ${measures.golden.candidate}`,
      ]
    : []

const main = async () => {
  const { positionals } = parseArgs({ allowPositionals: true })
  const [name = '', version = ''] = positionals
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!command || (name === 'promote' && version === '')) {
    console.error(USAGE)
    process.exitCode = 2
    return
  }
  const booted = await boot(parseConfig({ LOG_LEVEL: 'warn', ...process.env }), step => console.error(`… ${step}`))
  try {
    const { lines, done } = await command(booted.deps, version)
    for (const line of lines) console.log(line)
    if (!done) process.exitCode = 1
  } finally {
    await booted.close()
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof ConfigError ? error.message : error)
  process.exit(1)
})
