// Starts the embedded database in the folder that it is given, says so in one line and stays, to be killed.
import { startEmbedded } from '../../src/platform/embedded.ts'

const { url, origin } = await startEmbedded({ dataDir: process.argv[2] ?? '', durable: false })
console.log(JSON.stringify({ url, origin }))
process.stdin.resume()
