import { parseArgs } from 'node:util'
import { boot } from '../platform/boot.ts'
import { parseConfig } from '../platform/config.ts'
import { countSealed, resealAll } from '../privacy/reseal.ts'
import { failStart } from '../serve.ts'

const USAGE = `npm run secrets:reseal [-- --check]
Seals with the first key of SECRETS_KEY whatever an older one has sealed, and prints one JSON line for each column: how many
values each key holds now, how many were sealed anew, how many no key opens. May be stopped and run again, and runs beside
the API and the workers, which must know both keys. With --check it only counts. Ends with 0 once the first key alone is
needed, and with 1 otherwise.`

const main = async () => {
  const { values } = parseArgs({
    options: { check: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  })
  if (values.help) {
    console.log(USAGE)
    return
  }
  const booted = await boot(parseConfig({ LOG_LEVEL: 'warn', ...process.env }), step => console.error(`… ${step}`))
  try {
    const reports = await (values.check ? countSealed(booted.deps) : resealAll(booted.deps))
    for (const report of reports) console.log(JSON.stringify(report))
    const { keyId } = booted.deps.secrets
    if (reports.some(({ byKey }) => Object.keys(byKey).some(id => id !== keyId))) process.exitCode = 1
  } finally {
    await booted.close()
  }
}

main().catch(failStart)
