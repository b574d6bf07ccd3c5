import { readFileSync } from 'node:fs'
import t from 'tap'
import { CATALOG, PUBLIC_EVENT_TYPES } from '../../src/events/catalog.ts'
import { documentEvents } from '../../src/events/document.ts'

t.test('docs/events.md is what the catalog says', async t => {
  const committed = readFileSync(new URL('../../docs/events.md', import.meta.url), 'utf8')
  t.equal(committed, documentEvents(), 'else run `npx tsx src/commands/document-events.ts`')
})

t.test('every example is one that the catalog itself would accept', async t => {
  for (const type of PUBLIC_EVENT_TYPES) t.ok(CATALOG[type].data.safeParse(CATALOG[type].example).success, type)
})
