import { parseArgs } from 'node:util'
import { eq } from 'drizzle-orm'
import { z } from 'zod'
import { signInUrl } from '../identity/addresses.ts'
import { insertPerson, insertPosition } from '../identity/people.ts'
import { Email, PersonName } from '../identity/person-schemas.ts'
import { insertKey, insertPark } from '../identity/service.ts'
import { insertOwnLink } from '../identity/sign-in.ts'
import { organisations, parks, people } from '../identity/tables.ts'
import { boot } from '../platform/boot.ts'
import { parseConfig } from '../platform/config.ts'
import { type Tx, transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { newId } from '../platform/ids.ts'
import { failStart } from '../serve.ts'

const USAGE = `npm run bootstrap -- --park <slug> --name <name> --region <region> [--time-zone <zone>] [--operator <name>] [--admin <e-mail> --admin-name <name>]
Makes the operator, a park and the first key of each, and shows the keys once. With --admin also the first person of both,
with a link that signs him in once. What exists already is kept; nothing is shown twice.`

const Admin = z.object({ email: Email, name: PersonName })

/** Makes what an empty deployment needs before anybody can sign in. */
const main = async () => {
  const { values } = parseArgs({
    options: {
      park: { type: 'string' },
      name: { type: 'string' },
      region: { type: 'string' },
      'time-zone': { type: 'string', default: 'Asia/Shanghai' },
      operator: { type: 'string', default: '平台运营方' },
      admin: { type: 'string' },
      'admin-name': { type: 'string', default: '管理员' },
    },
  })
  const admin =
    values.admin === undefined ? undefined : Admin.safeParse({ email: values.admin, name: values['admin-name'] })
  if (!values.park || !values.name || !values.region || admin?.success === false) {
    console.error(USAGE)
    process.exit(2)
  }
  const booted = await boot(parseConfig({ LOG_LEVEL: 'warn', ...process.env }), step => console.error(`… ${step}`))
  const wanted = { slug: values.park, name: values.name, region: values.region, timeZone: values['time-zone'] }
  try {
    const lines = await transaction(booted.deps, { kind: 'worker' }, async tx => [
      await ensureOperator(tx, booted.deps, values.operator),
      await ensurePark(tx, booted.deps, wanted),
      ...(admin === undefined ? [] : [await ensureAdmin(tx, booted.deps, admin.data, wanted.slug)]),
    ])
    for (const line of lines) console.log(line)
  } finally {
    await booted.close()
  }
}

const ensureOperator = async (tx: Tx, deps: Deps, name: string): Promise<string> => {
  const [known] = await tx.select().from(organisations).where(eq(organisations.kind, 'operator'))
  if (known) return `operator  ${known.id}  ${known.name}  (was there, its key was shown when it was made)`
  const id = newId(deps, 'organisation')
  await tx.insert(organisations).values({ id, kind: 'operator', name, createdAt: deps.clock.now() })
  const { secret } = await insertKey(
    tx,
    deps,
    { organisationId: id, madeById: id },
    { name: 'bootstrap', role: 'owner' },
  )
  return `operator  ${id}  ${name}\n  key ${secret}`
}

const ensurePark = async (
  tx: Tx,
  deps: Deps,
  wanted: { slug: string; name: string; region: string; timeZone: string },
): Promise<string> => {
  const [known] = await tx.select().from(parks).where(eq(parks.slug, wanted.slug))
  if (known) return `park      ${known.id}  ${known.name}  (was there, its key was shown when it was made)`
  await insertPark(tx, deps, wanted)
  const [park] = await tx.select().from(parks).where(eq(parks.slug, wanted.slug))
  if (!park) throw new Error('the park was not made')
  const owner = { organisationId: park.organisationId, madeById: park.organisationId }
  const { secret } = await insertKey(tx, deps, owner, { name: 'bootstrap', role: 'owner' })
  return `park      ${park.id}  ${park.name}\n  key ${secret}`
}

/** The first person: an owner of the operator and of the park's organisation, and a link that signs him in once. */
const ensureAdmin = async (tx: Tx, deps: Deps, admin: z.infer<typeof Admin>, slug: string): Promise<string> => {
  const [known] = await tx.select().from(people).where(eq(people.email, admin.email))
  if (known) return `person    ${known.id}  ${known.email}  (was there, no new link)`
  const [park] = await tx.select().from(parks).where(eq(parks.slug, slug))
  const [operator] = await tx.select().from(organisations).where(eq(organisations.kind, 'operator'))
  if (!park || !operator) throw new Error('the park and the operator were not made')
  const personId = await insertPerson(tx, deps, { ...admin, language: 'zh' })
  for (const organisationId of [park.organisationId, operator.id])
    await insertPosition(tx, deps, { personId, organisationId, role: 'owner' })
  const { token } = await insertOwnLink(tx, deps, personId)
  return `person    ${personId}  ${admin.email}\n  link ${signInUrl(deps, token)}  (once, within a day)`
}

main().catch(failStart)
