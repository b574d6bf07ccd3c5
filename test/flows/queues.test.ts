import t, { type Test } from 'tap'
import { createQueues, type Handler, type NewJob, type Queues } from '../../src/platform/queues.ts'
import { backendOf, backends, cloneDatabase, eventually } from '../helper.ts'

const options = { concurrency: 2, lockMs: 1_000, stalledMs: 1_000, onError: () => {} }
const job = (id: string, more: Partial<NewJob> = {}): NewJob => ({ queue: 'score', id, data: { id }, ...more })

/** What every backend must do. A promise that one of them breaks is no promise of ours. */
const conformance: Record<string, (t: Test, queues: Queues) => Promise<void>> = {
  'a job is done once, with its id and data': async (t, queues) => {
    const seen: Record<string, unknown> = {}
    await work(t, queues, async ({ id, data }) => {
      seen[id] = data
    })
    await queues.add([job('a-0-0'), job('b-0-0')])
    await eventually(async () => Object.keys(seen).length === 2)
    t.same(seen, { 'a-0-0': { id: 'a-0-0' }, 'b-0-0': { id: 'b-0-0' } })
  },
  'a job added twice under one id runs once': async (t, queues) => {
    const seen: string[] = []
    await queues.add([job('twice-0-0'), job('twice-0-0'), job('last-0-0')])
    await queues.add([job('twice-0-0')])
    await work(t, queues, async ({ id }) => void seen.push(id))
    await eventually(async () => seen.includes('last-0-0'))
    await queues.add([job('end-0-0')])
    await eventually(async () => seen.includes('end-0-0'))
    t.equal(seen.filter(id => id === 'twice-0-0').length, 1)
  },
  're-added after completed: the same id is ignored, the next generation runs': async (t, queues) => {
    const seen: string[] = []
    await work(t, queues, async ({ id }) => void seen.push(id))
    await queues.add([job('done-0-0')])
    await eventually(async () => (await queues.counts('score'))['completed'] === 1)
    await queues.add([job('done-0-0'), job('done-0-1')])
    await eventually(async () => seen.includes('done-0-1'))
    t.same(seen, ['done-0-0', 'done-0-1'])
  },
  're-added after failed: the same id is ignored, the next generation runs': async (t, queues) => {
    const seen: string[] = []
    await work(t, queues, async ({ id }) => {
      seen.push(id)
      if (id === 'broken-0-0') throw new Error('as planned')
    })
    await queues.add([job('broken-0-0')])
    await eventually(async () => (await queues.counts('score'))['failed'] === 1)
    await queues.add([job('broken-0-0'), job('broken-0-1')])
    await eventually(async () => seen.includes('broken-0-1'))
    t.same(seen, ['broken-0-0', 'broken-0-1'])
  },
  'a delayed job waits its turn and others pass it': async (t, queues) => {
    const seen: string[] = []
    await work(t, queues, async ({ id }) => void seen.push(id))
    await queues.add([job('late-0-0', { delayMs: 300 }), job('soon-0-0')])
    await eventually(async () => seen.length === 2)
    t.same(seen, ['soon-0-0', 'late-0-0'])
  },
  'closing a worker lets the running job finish': async (t, queues) => {
    let release = () => {}
    const held = new Promise<void>(resolve => {
      release = resolve
    })
    let state = 'waiting'
    const worker = await queues.work(
      'score',
      async () => {
        state = 'running'
        await held
        state = 'finished'
      },
      options,
    )
    await queues.add([job('slow-0-0')])
    await eventually(async () => state === 'running')
    const closing = worker.close()
    release()
    await closing
    t.equal(state, 'finished')
  },
}

const work = async (t: Test, queues: Queues, handler: Handler) => {
  const worker = await queues.work('score', handler, options)
  t.teardown(() => worker.close())
}

for (const kind of backends())
  t.test(`queue conformance on ${kind}`, async t => {
    const databaseUrl = await cloneDatabase(t)
    for (const [promise, check] of Object.entries(conformance))
      await t.test(promise, async t => {
        const queues = createQueues(backendOf(kind, databaseUrl))
        await check(t, queues)
        t.teardown(async () => {
          await queues.obliterate()
          await queues.close()
        })
      })
  })
