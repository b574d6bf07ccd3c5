import { spawn, spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { Redis } from 'ioredis'
import { freePort } from '../../src/platform/embedded.ts'

/** A Redis of one's own that keeps nothing on disk. */
export type RedisServer = { url: string; flush: () => Promise<void>; stop: () => Promise<void> }

const PORTS = { first: 28_000, count: 500 }

export const hasRedis = (): boolean => spawnSync('redis-server', ['--version']).error === undefined

export const startRedis = async (folder: string): Promise<RedisServer> => {
  const port = await freePort(PORTS.first + randomInt(PORTS.count))
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder]
  const server = spawn('redis-server', args, { stdio: 'ignore' })
  const client = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: null })
  // Until the server listens, each try to connect says so.
  client.on('error', () => {})
  await client.ping()
  return {
    url: `redis://127.0.0.1:${port}/0`,
    flush: async () => void (await client.flushall()),
    stop: async () => {
      client.disconnect()
      server.kill()
    },
  }
}
