// The rival of bench/api.ts, in a process of its own: the same round trips, and nothing of ours around them.
import { createHash, randomUUID } from 'node:crypto'
import fastify from 'fastify'
import postgres from 'postgres'

const CONNECTIONS = 10
const sql = postgres(process.env['DATABASE_URL'] ?? '', { max: CONNECTIONS, onnotice: () => {} })
const organisationId = process.env['ORGANISATION_ID'] ?? ''
const hash = createHash('sha256')
  .update(process.env['KEY'] ?? '')
  .digest('hex')

/** Key look-up in one transaction, then begin, role and actor, the work, commit, as a request of ours does. */
const asMember = async <T>(work: (tx: postgres.TransactionSql) => Promise<T>): Promise<T> => {
  await sql.begin(async tx => {
    await tx`select organisation_id from api_keys where hash = decode(${hash}, 'hex')`
  })
  return (await sql.begin(async tx => {
    await tx`select set_config('role', 'duijie_app', true), set_config('app.org', ${organisationId}, true),
      set_config('app.editor', 'on', true)`
    return work(tx)
  })) as T
}

const app = fastify()
app.get<{ Params: { id: string } }>('/scenarios/:id', req =>
  asMember(async tx => {
    const [row] = await tx`select s.*, h.body as shared, d.body as sealed from scenarios s
      left join scenario_shared h on h.scenario_id = s.id left join scenario_sealed d on d.scenario_id = s.id
      where s.id = ${req.params.id}`
    return row
  }),
)
app.get<{ Params: { id: string } }>('/bare/:id', async req => {
  const [row] = await sql`select * from scenarios where id = ${req.params.id}`
  return row
})
app.post<{ Body: { parkId: string; title: string } }>('/scenarios', (req, reply) =>
  asMember(async tx => {
    const id = `scn_${randomUUID()}`
    const { parkId, title } = req.body
    const body = JSON.stringify(req.body)
    await tx`insert into scenarios (id, park_id, organisation_id, state, visibility, title, problems, body, version,
        created_at, updated_at)
      values (${id}, ${parkId}, ${organisationId}, 'draft', 'park', ${title}, '{}', ${body}::text::jsonb, 1, now(), now())`
    await tx`insert into scenario_shared (scenario_id, park_id, organisation_id, body)
      values (${id}, ${parkId}, ${organisationId}, '{}')`
    await tx`insert into scenario_sealed (scenario_id, park_id, organisation_id, body)
      values (${id}, ${parkId}, ${organisationId}, '{}')`
    const [row] = await tx`select s.*, h.body as shared, d.body as sealed from scenarios s
      left join scenario_shared h on h.scenario_id = s.id left join scenario_sealed d on d.scenario_id = s.id
      where s.id = ${id}`
    reply.code(201)
    return row
  }),
)
process.send?.({ url: await app.listen({ port: 0, host: '127.0.0.1' }) })
