import { parseArgs } from 'node:util'
import { type ChainReport, type Kept, verifyAudit } from '../audit/verify.ts'
import { boot } from '../platform/boot.ts'
import { parseConfig } from '../platform/config.ts'
import { failStart } from '../serve.ts'

const USAGE = `npm run audit:verify [-- --chain <park id>] [--kept <chain>:<position>:<hash>]…
Recomputes the hash chains of the audit record and prints one JSON line for each: how many entries, the last sealed place
and hash (keep it elsewhere), what is not sealed yet, and faults. With --kept it also compares with a place and hash that
were noted down before. Ends with 1 if there is any fault.`

const parseKept = (text: string): Kept => {
  const [, chain = '', position = '', hash = ''] = /^([a-z0-9_]+):(\d+):([0-9a-f]{64})$/.exec(text) ?? []
  if (chain === '') throw new Error(`not <chain>:<position>:<hash>: ${text}`)
  return { chain, position: Number(position), hash }
}

const main = async () => {
  const { values } = parseArgs({
    options: {
      chain: { type: 'string' },
      kept: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(USAGE)
    return
  }
  const kept = values.kept.map(parseKept)
  const booted = await boot(parseConfig({ LOG_LEVEL: 'warn', ...process.env }), step => console.error(`… ${step}`))
  try {
    const reports: ChainReport[] = await verifyAudit(booted.deps, { chain: values.chain, kept })
    for (const report of reports) console.log(JSON.stringify(report))
    if (reports.some(report => report.faults.length > 0)) process.exitCode = 1
  } finally {
    await booted.close()
  }
}

main().catch(failStart)
