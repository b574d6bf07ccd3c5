import type { Deps } from '../src/platform/deps.ts'

export type Running = { close: () => Promise<void> }

/** Does `work` over and over with a rest between, until closed. An error is logged and ends nothing. */
export const startRepeating = (
  deps: Pick<Deps, 'log'>,
  name: string,
  restMs: number,
  work: () => Promise<void>,
): Running => {
  let wake = () => {}
  let isOpen = true
  const run = async () => {
    while (isOpen) {
      try {
        await work()
      } catch (error) {
        deps.log.error({ err: error }, `${name} failed, trying again`)
      }
      await new Promise<void>(resolve => {
        if (!isOpen) return resolve()
        const timer = setTimeout(resolve, restMs)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }
  const finished = run()
  return {
    close: async () => {
      isOpen = false
      wake()
      await finished
    },
  }
}
