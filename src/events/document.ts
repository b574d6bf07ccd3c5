import { z } from 'zod'
import { CATALOG, type EventType, PUBLIC_EVENT_TYPES } from './catalog.ts'
import { envelopeOf } from './envelope.ts'

const HEAD = `# Events

Written from \`src/events/catalog.ts\` by \`npx tsx src/commands/document-events.ts\`; do not edit.

Each is sent to webhook endpoints that subscribe to it and answered by \`GET /v1/events\`, in the same envelope with the
same id. \`data\` holds what every reader of the event may see; read more through the API with your own rights. Fields may
be added, so ignore those that you do not know. Scores are integers of 10,000. How to receive, verify and repeat them
stands in [webhooks.md](webhooks.md).
`

/** The reference of all public events, as Markdown: when each is sent, what it holds, an example. */
export const documentEvents = (): string =>
  [HEAD, listOfTypes(), ...PUBLIC_EVENT_TYPES.map(documentEvent)].join('\n').trimEnd().concat('\n')

const listOfTypes = (): string =>
  `${PUBLIC_EVENT_TYPES.map(type => `- [\`${type}\`](#${anchorOf(type)}): ${CATALOG[type].en}`).join('\n')}\n`

const anchorOf = (type: string): string => type.replace('.', '')

const documentEvent = (type: EventType): string => {
  const { data, en, zh, example } = CATALOG[type]
  const event = {
    id: 'evt_01k9y2v7wq8m3n5r7t9x1z3b5k',
    type,
    occurredAt: new Date('2026-11-02T08:00:00.000Z'),
    data: example,
  }
  return `## ${type}

${en}. ${zh}。

| Field of \`data\` | Type | |
|---|---|---|
${listFields(z.toJSONSchema(data) as Schema).join('\n')}

\`\`\`json
${JSON.stringify(envelopeOf(event), null, 2)}
\`\`\`
`
}

/** JSON Schema, as far as the catalog uses it. */
type Schema = {
  type?: string | string[]
  enum?: unknown[]
  anyOf?: Schema[]
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  minimum?: number
  maximum?: number
  description?: string
}

const listFields = (schema: Schema, path = ''): string[] =>
  Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const note = [field.description, schema.required?.includes(name) ? undefined : 'may be absent']
    const row = `| \`${path}${name}\` | ${typeOf(field)} | ${note.filter(text => text !== undefined).join('; ')} |`
    return [row, ...listFields(field.items ?? field, `${path}${name}${field.items ? '[]' : ''}.`)]
  })

const typeOf = (schema: Schema): string => {
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' or ')
  if (schema.enum) return schema.enum.map(value => `\`${String(value)}\``).join(', ')
  if (schema.items) return `list of ${schema.items.properties ? 'objects' : typeOf(schema.items)}`
  const type = [schema.type ?? 'any'].flat().join(' or ')
  const isBounded = schema.maximum !== undefined && schema.maximum < Number.MAX_SAFE_INTEGER
  return isBounded ? `${type}, ${schema.minimum} to ${schema.maximum}` : type
}
