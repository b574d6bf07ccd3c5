import { parseArgs } from 'node:util'
import { loadLexicon } from '../src/platform/lexicon.ts'
import { call, openStage, printResult, round, seedCapabilities, seedScenarios, waitFor } from './volumes/stage.ts'

/** A full re-match: the fifty best of each scenario stored with parts and gaps, announcing nothing. */
const { values } = parseArgs({
  options: {
    scenarios: { type: 'string', default: '10000' },
    capabilities: { type: 'string', default: '100000' },
    workers: { type: 'string', default: '2' },
    'within-seconds': { type: 'string', default: '3600' },
  },
})
const FULL = { scenarios: 10_000, capabilities: 100_000 }
const GOAL_S = 120
const scenarios = Number(values.scenarios)
const capabilities = Number(values.capabilities)
const workers = Number(values.workers)

const lexicon = loadLexicon()
const stage = await openStage('redis')
try {
  await seedCapabilities(stage, lexicon, capabilities)
  await seedScenarios(stage, lexicon, scenarios)
  const api = await stage.startApi()
  await stage.startWorkers(workers)
  const started = performance.now()
  const { id } = await call(`${api}/match-runs`, stage.park.key, 'POST', { parkId: stage.parkId, quiet: true })
  const done = await waitFor(Number(values['within-seconds']), async () => {
    const run = await call(`${api}/match-runs/${String(id)}`, stage.park.key, 'GET')
    return run['state'] === 'completed' ? run : undefined
  })
  const ours = round((performance.now() - started) / 1_000)
  const isFull = scenarios === FULL.scenarios && capabilities === FULL.capabilities
  printResult({
    bench: 'run',
    ours,
    unit: 's',
    rival: GOAL_S,
    rivalName: `limit of ${GOAL_S} s for ${FULL.scenarios} × ${FULL.capabilities}`,
    ratio: isFull ? round(ours / GOAL_S) : null,
    goal: `<= ${GOAL_S} s`,
    met: isFull ? ours <= GOAL_S : null,
    scenarios,
    capabilities,
    workers,
    pairsStored: done['entered'],
    scenariosPerS: round(scenarios / ours),
  })
} finally {
  await stage.close()
}
