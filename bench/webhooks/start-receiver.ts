import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** What came in: how much, from when to when, and how long after its event (milliseconds). */
export type Received = { count: number; firstAtMs: number; lastAtMs: number; latenciesMs: number[] }

export type Receiver = {
  url: string
  /** Waits until so many have come in, then takes them out. Gives up after `withinMs`. */
  take: (count: number, withinMs: number) => Promise<Received>
  close: () => void
}

const POLL_MS = 50

export const startReceiver = async (): Promise<Receiver> => {
  const program = fileURLToPath(new URL('receiver.ts', import.meta.url))
  const child = fork(program, { execArgv: ['--import', 'tsx'] })
  const [{ url }] = (await once(child, 'message')) as [{ url: string }]
  const ask = async (question: 'count' | 'take'): Promise<Received> => {
    child.send(question)
    const [{ received }] = (await once(child, 'message')) as [{ received: Received }]
    return received
  }
  return {
    url,
    take: async (count, withinMs) => {
      const end = performance.now() + withinMs
      while ((await ask('count')).count < count && performance.now() < end)
        await new Promise(resolve => setTimeout(resolve, POLL_MS))
      return ask('take')
    },
    close: () => child.disconnect(),
  }
}
