import { parseArgs } from 'node:util'
import { hasRedis } from './delivery/redis.ts'
import { FAULTS } from './faults/plan.ts'
import { runFaults } from './faults/run.ts'

/**
 * Does every event arrive, whatever dies meanwhile? Kills workers and API, empties Redis and crashes PostgreSQL while
 * events are written, and prints one JSON line. Exit 0 only if nothing was lost and nothing came under a second id.
 */
const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '10000' },
    backend: { type: 'string', default: hasRedis() ? 'redis' : 'postgres' },
    seconds: { type: 'string', default: '120' },
    endpoints: { type: 'string', default: '20' },
    workers: { type: 'string', default: '2' },
    'gap-ms': { type: 'string', default: '4000' },
    'patience-seconds': { type: 'string', default: '120' },
    faults: { type: 'string', default: FAULTS.join(',') },
    seed: { type: 'string', default: '1' },
  },
})
if (values.backend !== 'redis' && values.backend !== 'postgres') {
  console.error('usage: faults -- [--events N] [--backend redis|postgres] [--seconds N] [--seed N] …')
  process.exit(2)
}
const wanted = values.faults.split(',')
const report = await runFaults(
  {
    backend: values.backend,
    events: Number(values.events),
    endpoints: Number(values.endpoints),
    workers: Number(values.workers),
    seconds: Number(values.seconds),
    gapMs: Number(values['gap-ms']),
    patienceS: Number(values['patience-seconds']),
    kinds: FAULTS.filter(kind => wanted.includes(kind)),
    seed: Number(values.seed),
  },
  line => console.error(line),
)
console.log(JSON.stringify(report))
const isWhole =
  report.lost + report.duplicatesWithOtherId + report.strays + report.badSignatures + report.undelivered === 0
process.exit(isWhole && report.crashes === 0 ? 0 : 1)
