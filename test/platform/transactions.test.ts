import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import t, { type Test } from 'tap'
import { askAsNobody, openDatabase, rowsOf, transaction, type Tx } from '../../src/platform/db.ts'
import { cloneDatabase, eventually } from '../helper.ts'

const WORKER = { kind: 'worker' } as const

/** One connection for all transactions, and a way to cut the one that a transaction holds. */
const open = async (t: Test) => {
  const url = await cloneDatabase(t)
  const db = openDatabase(url, 1)
  const other = postgres(url, { max: 1, onnotice: () => {} })
  t.after(async () => {
    await db.close()
    await other.end()
  })
  const cut = async (tx: Tx) => {
    const [row] = rowsOf<{ pid: number }>(await tx.execute(sql`select pg_backend_pid() as pid`))
    const pid = row?.pid ?? 0
    return async () => {
      await other`select pg_terminate_backend(${pid})`
      await eventually(async () => (await other`select 1 from pg_stat_activity where pid = ${pid}`).length === 0)
    }
  }
  return { db, cut }
}

const ask = (tx: Tx) => tx.execute(sql`select 1`)
const works = async (db: ReturnType<typeof openDatabase>) => rowsOf(await transaction({ db }, WORKER, ask)).length === 1

t.test(
  'a transaction that loses its connection while it does something else is refused, and the next one works',
  async t => {
    const { db, cut } = await open(t)
    let end = (_asked: Promise<unknown>) => {}
    const asked = new Promise<unknown>(resolve => (end = resolve))
    const lost = transaction({ db }, WORKER, async tx => {
      await (await cut(tx))()
      // The loss is known by now; a query that is made all the same must not end the process.
      const late = ask(tx)
      end(late)
      await late
    })
    await t.rejects(lost)
    await t.rejects(asked)
    t.ok(await works(db))
  },
)

t.test('a transaction that loses its connection during a query is refused, and the next one works', async t => {
  const { db, cut } = await open(t)
  const lost = transaction({ db }, WORKER, async tx => {
    const cutIt = await cut(tx)
    await Promise.all([tx.execute(sql`select pg_sleep(10)`), cutIt()])
  })
  await t.rejects(lost)
  t.ok(await works(db))
})

t.test('work that ends well on a connection that was lost meanwhile is no commit', async t => {
  const { db, cut } = await open(t)
  await t.rejects(transaction({ db }, WORKER, async tx => (await cut(tx))()))
  t.ok(await works(db))
})

t.test('work that swallows the loss is no commit either', async t => {
  const { db, cut } = await open(t)
  const lost = transaction({ db }, WORKER, async tx => {
    const cutIt = await cut(tx)
    await Promise.allSettled([tx.execute(sql`select pg_sleep(10)`), cutIt()])
  })
  await t.rejects(lost)
  t.ok(await works(db))
})

t.test('a query that fails by itself is rolled back as ever', async t => {
  const { db } = await open(t)
  await t.rejects(transaction({ db }, WORKER, tx => tx.execute(sql`select 1 / 0`)))
  t.ok(await works(db))
})

t.test('a query that is made after the end of its transaction is refused, and runs in nobody else’s', async t => {
  const { db } = await open(t)
  let late: Tx | undefined
  await transaction({ db }, WORKER, async tx => {
    late = tx
    await ask(tx)
  })
  await t.rejects(
    async () => {
      if (late) await ask(late)
    },
    { cause: { message: 'the transaction is over' } },
  )
  t.ok(await works(db))
})

t.test(
  'the first query of a member already sees who asks, and the next one to use the connection is nobody',
  async t => {
    const { db } = await open(t)
    const whose = `select current_setting('app.org', true) as org`
    const member = {
      kind: 'member' as const,
      organisationId: 'org_x',
      organisationKind: 'vendor' as const,
      role: 'reader' as const,
      scopes: [],
      parkIds: [],
      adminParkIds: [],
    }
    const [seen] = rowsOf<{ org: string }>(await transaction({ db }, member, tx => tx.execute(sql.raw(whose))))
    t.equal(seen?.org, 'org_x')
    const [after] = rowsOf<{ org: string | null }>(await askAsNobody({ db }, whose, []))
    t.notOk(after?.org)
    const forbidden = transaction({ db }, { ...member, organisationId: 'org_\u0000' }, async tx => {
      await Promise.allSettled([ask(tx)])
    })
    await t.rejects(forbidden, 'an actor that cannot be set is no actor at all')
    t.ok(await works(db))
  },
)

t.test('a question before there is an actor is asked again where the connection is gone', async t => {
  const { db, cut } = await open(t)
  const cutIt = await transaction({ db }, { kind: 'anonymous' }, cut)
  await cutIt()
  t.equal(rowsOf(await askAsNobody({ db }, 'select 1', [])).length, 1)
})

t.test('whatever is asked while the server hangs up is answered or refused, and nothing waits for ever', async t => {
  const url = await cloneDatabase(t)
  const db = openDatabase(url)
  const admin = postgres(url, { max: 1, onnotice: () => {} })
  t.after(async () => {
    await db.close()
    await admin.end()
  })
  const ROUNDS = 60
  const CUTS = 5
  let rounds = 0
  const outcomes = { answered: 0, refused: 0 }
  const attempt = async (work: () => Promise<unknown>) => {
    try {
      await work()
      outcomes.answered += 1
    } catch {
      outcomes.refused += 1
    }
  }
  const client = async () => {
    for (; rounds < ROUNDS * CUTS; rounds++) {
      await attempt(() => askAsNobody({ db }, 'select $1::text', ['x']))
      await attempt(() => transaction({ db }, { kind: 'anonymous' }, ask))
      if (rounds % ROUNDS === 0)
        await admin`select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and application_name = 'duijie_app'`
    }
  }
  await Promise.all(Array.from({ length: 40 }, client))
  t.ok(outcomes.answered > ROUNDS * CUTS && outcomes.refused > 0, JSON.stringify(outcomes))
})
