import { extname } from 'node:path'
import { type Transferable, Worker } from 'node:worker_threads'

export type ThreadOptions = {
  workerData: unknown
  /** Handed over instead of copied. */
  transferList?: Transferable[]
  /** A thread that needs more ends with an error, and its process goes on. */
  heapMbMax: number
}

/**
 * Starts a file of ours as a worker thread: `name` without its ending, beside the caller's `import.meta.url`. A thread does
 * not inherit the loader of TypeScript, so from the sources it registers its own first.
 */
export const startThread = (callerUrl: string, name: string, options: ThreadOptions): Worker => {
  const file = new URL(`./${name}${extname(callerUrl)}`, callerUrl).href
  const starter = file.endsWith('.ts')
    ? `import('tsx/esm/api').then(tsx => { tsx.register(); return import('${file}') })`
    : `import('${file}')`
  return new Worker(starter, {
    eval: true,
    workerData: options.workerData,
    transferList: options.transferList ?? [],
    resourceLimits: { maxOldGenerationSizeMb: options.heapMbMax },
  })
}
