import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export type Schema = { [keyword: string]: unknown }
export type Parameter = { name: string; in: 'path' | 'query' | 'header'; required?: boolean; schema: Schema }
type Content = { [type: string]: { schema?: Schema } }
export type Operation = {
  operationId: string
  parameters?: Parameter[]
  requestBody?: { content: Content }
  responses: { [status: string]: { $ref?: string; content?: Content } }
}
export type Document = {
  paths: { [path: string]: { [method: string]: Operation } }
  components: { schemas: { [name: string]: Schema }; responses: { [name: string]: { content?: Content } } }
}

/** The committed OpenAPI document, which the build keeps equal to the routes. */
export const readDocument = (): Document =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../../openapi/openapi.json'), 'utf8')) as Document
