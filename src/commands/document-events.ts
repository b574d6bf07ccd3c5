import { writeFileSync } from 'node:fs'
import { documentEvents } from '../events/document.ts'

/** Writes docs/events.md from the catalog. A test fails where it was forgotten. */
writeFileSync(new URL('../../docs/events.md', import.meta.url), documentEvents())
