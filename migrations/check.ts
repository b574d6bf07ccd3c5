/**
 * Fails where a table was changed and its migration was not written: lets drizzle-kit generate into a copy of this
 * folder and looks whether it wrote anything. `drizzle-kit check`, which runs before, compares the migrations with each
 * other only.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'

const ROOT = join(import.meta.dirname, '..')

const folder = mkdtempSync(join(tmpdir(), 'duijie-migrations-'))
try {
  const copy = join(folder, 'migrations')
  cpSync(import.meta.dirname, copy, { recursive: true })
  const before = listFiles(copy)
  const output = generateInto(copy)
  const written = listFiles(copy).filter(file => !before.includes(file))
  if (written.length > 0) {
    console.error(`The tables have changed since the last migration: run \`npm run db:generate\`. It would write:`)
    for (const file of written) console.error(`  migrations/${file}`)
    process.exitCode = 1
  } else if (!output.includes('No schema changes')) {
    // A question of drizzle-kit (was a column renamed?) ends without a file and without an error.
    console.error(`drizzle-kit neither wrote a migration nor found the tables unchanged:\n${output}`)
    process.exitCode = 1
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function listFiles(path: string): string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' }).sort()
}

function generateInto(copy: string): string {
  // drizzle-kit takes a path from the project's root, and no absolute one.
  const flags = [
    '--dialect=postgresql',
    '--schema=./src/*/tables.ts',
    '--casing=snake_case',
    `--out=${relative(ROOT, copy)}`,
  ]
  const kit = join(ROOT, 'node_modules/drizzle-kit/bin.cjs')
  const run = spawnSync(process.execPath, [kit, 'generate', ...flags], { cwd: ROOT, encoding: 'utf8' })
  if (run.status !== 0) throw new Error(`drizzle-kit generate failed:\n${run.stderr}${run.stdout}`)
  return run.stdout
}
