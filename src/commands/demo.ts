import { parseArgs } from 'node:util'
import { parseConfig } from '../platform/config.ts'
import { freePort } from '../platform/embedded.ts'
import { failStart, serve, stopOnSignal } from '../serve.ts'
import { createClient } from './demo/client.ts'
import { ensureCast } from './demo/cast.ts'
import { makeSignInLinks } from './demo/people.ts'
import { printOutcome, say } from './demo/print.ts'
import { startReceiver } from './demo/receiver.ts'
import { ensureEndpoint, publishNext, type Outcome, waitUntilScored } from './demo/job.ts'

const PORT_LAST = 9_999
const RECEIVER_PORT = 4_000

/**
 * The main job from an empty machine: database, seeds, API and workers, then over real HTTP a factory publishes, the
 * workers score, and the vendor's endpoint receives a signed `match.created` and verifies it.
 * With `--once` it exits: 0 only if each of those things really happened.
 */
const main = async (): Promise<void> => {
  const { values } = parseArgs({ options: { once: { type: 'boolean', default: false } } })
  const wanted = parseConfig(demoEnvironment())
  const port = await freePort(wanted.port, PORT_LAST)
  if (port !== wanted.port) say(`port ${wanted.port} is in use, taking ${port}`)
  const config = { ...wanted, port, publicUrl: wanted.publicUrl ?? `http://127.0.0.1:${port}` }
  const served = await serve(config, { onProgress: say })
  const address = served.address ?? config.publicUrl
  const receiver = await startReceiver(await freePort(RECEIVER_PORT, PORT_LAST))
  const close = async () => {
    await receiver.close()
    await served.close()
  }
  stopOnSignal(close)
  let outcome: Outcome | undefined
  try {
    const cast = await ensureCast(served.deps, say)
    const factory = createClient(address, cast.factory.key)
    const vendor = createClient(address, cast.vendor.key)
    await waitUntilScored(served.deps, say)
    receiver.trust(await ensureEndpoint(vendor, receiver.url))
    outcome = await publishNext(factory, cast, receiver, say)
    printOutcome(outcome, { address, cast, receiverUrl: receiver.url, links: await makeSignInLinks(served.deps, cast) })
  } catch (error) {
    console.error(error)
  }
  if (!values.once && outcome?.complete) return
  await close()
  process.exit(outcome?.complete ? 0 : 1)
}

const demoEnvironment = () => ({
  LOG_LEVEL: 'warn',
  ...process.env,
  // The demonstration's receiver is on this machine; a deployment never needs these two.
  WEBHOOK_ALLOW_HTTP: '1',
  WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8',
})

main().catch(failStart)
