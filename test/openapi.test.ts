import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import openapiTS, { astToString } from 'openapi-typescript'
import t from 'tap'
import { build, makeOrganisation } from './helper.ts'

const ROOT = join(import.meta.dirname, '..')
const document = JSON.parse(readFileSync(join(ROOT, 'openapi/openapi.json'), 'utf8')) as {
  paths: Record<string, Record<string, { operationId?: string }>>
}

/** What a stranger would write with nothing but the document in his hands. */
const CONSUMER = `
import createClient from 'openapi-fetch'
import type { components, paths } from './client.d.ts'

// @ts-expect-error a field that the document does not know is refused before anything is sent
export const misspelt: components['schemas']['NewPark'] = { slug: 'a', name: 'a', region: 'a', district: 'a' }

export const openAndFind = async (baseUrl: string, key: string, slug: string): Promise<{ made: string; found: string; refused: string }> => {
  const client = createClient<paths>({ baseUrl, headers: { authorization: \`Bearer \${key}\` } })
  const made = await client.POST('/v1/parks', { body: { slug, name: '昆山园区', region: '江苏昆山' } })
  if (!made.data) throw new Error(made.error.title)
  const found = await client.GET('/v1/parks/{parkId}', { params: { path: { parkId: made.data.id } } })
  if (!found.data) throw new Error(found.error.title)
  const again = await client.POST('/v1/parks', { body: { slug, name: '昆山园区', region: '江苏昆山' } })
  return { made: made.data.id, found: found.data.id, refused: again.error?.type ?? '' }
}
`

const COMPILER_OPTIONS = {
  target: 'es2023',
  module: 'nodenext',
  strict: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  allowImportingTsExtensions: true,
  rewriteRelativeImportExtensions: true,
  types: ['node'],
}

const compile = (folder: string) =>
  spawnSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', folder], { encoding: 'utf8' })

const writeConsumer = async (folder: string, source: string) => {
  // The client is made from the committed document, which is what others get. A field with a default may be left out.
  writeFileSync(
    join(folder, 'client.d.ts'),
    astToString(await openapiTS(document as never, { defaultNonNullable: false })),
  )
  writeFileSync(join(folder, 'consumer.ts'), source)
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: COMPILER_OPTIONS, files: ['consumer.ts'] }),
  )
}

t.test('every operation has a name of its own', async t => {
  const names = Object.values(document.paths).flatMap(path => Object.values(path).map(entry => entry.operationId))
  t.ok(names.every(name => name !== undefined && /^[a-z][a-zA-Z0-9]+$/.test(name)))
  t.equal(new Set(names).size, names.length)
})

t.test(
  'a client generated from the document compiles strictly, refuses unknown fields and works against the server',
  async t => {
    const folder = t.testdir()
    await writeConsumer(folder, CONSUMER)
    const compiled = compile(folder)
    t.equal(compiled.status, 0, compiled.stdout)

    const { app, deps } = await build(t)
    await app.listen({ port: 0, host: '127.0.0.1' })
    const baseUrl = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
    const operator = await makeOrganisation(deps, 'operator')
    const { openAndFind } = (await import(pathToFileURL(join(folder, 'consumer.js')).href)) as {
      openAndFind: (baseUrl: string, key: string, slug: string) => Promise<Record<string, string>>
    }
    const answer = await openAndFind(baseUrl, operator.key, 'kunshan')
    t.match(answer['made'], /^prk_/)
    t.equal(answer['found'], answer['made'])
    t.equal(answer['refused'], '/problems/already_exists')
  },
)

t.test('the page at /docs asks nothing of other hosts, and works over plain HTTP', async t => {
  const { app } = await build(t)
  const page = await app.inject({ url: '/docs/' })
  t.equal(page.statusCode, 200)
  t.notMatch(String(page.headers['content-security-policy']), /https:|upgrade-insecure-requests|validator/)
  t.notMatch(page.body, /https?:\/\//)
})
