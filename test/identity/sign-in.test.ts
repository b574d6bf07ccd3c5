import { sql } from 'drizzle-orm'
import t from 'tap'
import { countTry, hashPassword, isPassword, type Tries } from '../../src/identity/passwords.ts'
import { purgeSignIns } from '../../src/identity/purge.ts'
import type { Actor } from '../../src/platform/actor.ts'
import { rowsOf, sqlState, transaction } from '../../src/platform/db.ts'
import { build, createTestClock, makeOrganisation, makePerson, signIn } from '../helper.ts'

const MINUTE_MS = 60_000
const at = (minutes: number) => new Date(Date.UTC(2026, 10, 2) + minutes * MINUTE_MS)
const tryAt = (minutes: number[]) =>
  minutes.reduce<Tries | undefined>((before, minute) => countTry(before, at(minute)), undefined)

t.test('tries are counted, locked and forgotten by the clock', async t => {
  t.equal(tryAt([0, 1, 2, 3, 4])?.lockedUntil, null, 'five are free')
  t.same(tryAt([0, 1, 2, 3, 4, 5])?.lockedUntil, at(20), 'the sixth locks for a quarter of an hour')
  t.same(tryAt([0, 1, 2, 3, 4, 5, 6, 19])?.lockedUntil, at(20), 'trying on does not prolong it')
  t.match(tryAt([0, 1, 2, 3, 4, 5, 20]), { tries: 1, lockedUntil: null }, 'afterwards it begins anew')
  t.match(tryAt([0, 1, 2, 3, 4, 15]), { tries: 1, lockedUntil: null }, 'slow tries are forgotten')
})

t.test('a password is the same however the keyboard composes it, and nothing is nobody’s password', async t => {
  const kept = await hashPassword('caf\u00e9 caf\u00e9 caf\u00e9')
  t.ok(await isPassword(kept, 'cafe\u0301 cafe\u0301 cafe\u0301'))
  t.notOk(await isPassword(kept, 'cafe cafe cafe'))
  t.notOk(await isPassword(undefined, ''))
})

t.test('row-level security alone: who sees which people, and that nobody reads a hash', async t => {
  const clock = createTestClock()
  const { app, deps } = await build(t, { clock })
  const [factory, vendor] = [await makeOrganisation(deps, 'manufacturer'), await makeOrganisation(deps, 'vendor')]
  const mine = await makePerson(deps, [{ organisationId: factory.id }])
  const theirs = await makePerson(deps, [{ organisationId: vendor.id }])
  await signIn(deps, app, theirs.id)
  const actor: Actor = {
    kind: 'member',
    organisationId: factory.id,
    organisationKind: 'manufacturer',
    role: 'owner',
    personId: mine.id,
    sessionId: 'ses',
    scopes: [],
    parkIds: [],
    adminParkIds: [],
  }
  const ask = (who: Actor, query: ReturnType<typeof sql>) =>
    transaction(deps, who, async tx => rowsOf<Record<string, string>>(await tx.execute(query)))
  const refused = (query: ReturnType<typeof sql>) =>
    ask(actor, query).then(
      () => 'done',
      error => sqlState(error).code,
    )

  t.same(
    (await ask(actor, sql`select id from people`)).map(row => row['id']),
    [mine.id],
  )
  t.same(
    (await ask(actor, sql`select person_id from positions`)).map(row => row['person_id']),
    [mine.id],
  )
  t.same(await ask(actor, sql`select id from sessions`), [], "another's session is not there")
  t.same(await ask({ kind: 'anonymous' }, sql`select id from people`), [])
  for (const query of [
    sql`select hash from passwords`,
    sql`select hash from sessions`,
    sql`select hash from sign_in_links`,
    sql`select hash from invitations`,
    sql`select * from password_tries`,
    sql`select * from person_identities`,
    sql`insert into positions (person_id, organisation_id, role, created_at) values (${mine.id}, ${vendor.id}, 'owner', now())`,
    sql`update people set email = 'x@example.com' where id = ${mine.id}`,
    sql`insert into sign_in_links (id, person_id, organisation_id, hash, created_at, expires_at) values ('lnk_x', ${theirs.id}, ${factory.id}, '\\x00', now(), now())`,
    sql`insert into sign_in_links (id, person_id, organisation_id, hash, created_at, expires_at) values ('lnk_y', ${mine.id}, null, '\\x00', now(), now())`,
  ])
    t.equal(await refused(query), '42501')
  const editor: Actor = { ...actor, role: 'editor' }
  const raised = await ask(editor, sql`update positions set role = 'owner' where person_id = ${mine.id} returning role`)
  t.same(raised, [], 'an editor makes nobody an owner')

  const count = async () =>
    (
      await ask(
        { kind: 'worker' },
        sql`select (select count(*) from sessions)::int + (select count(*) from sign_in_links)::int as n`,
      )
    )[0]?.['n']
  t.equal(await count(), 2)
  clock.advance(50 * 86_400_000)
  await purgeSignIns(deps, 100)
  t.equal(await count(), 0, 'what is long over is removed')
})
