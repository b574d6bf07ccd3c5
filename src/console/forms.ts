import { validatorCompiler, type ZodFastifySchemaValidationError } from 'fastify-type-provider-zod'
import type { z } from 'zod'
import { invalid } from '../platform/errors.ts'
import { fieldErrors } from '../platform/validation.ts'

/**
 * What a form said, checked by the schema that the API's own requests are checked by, with the same errors.
 * @throws 422 invalid
 */
export const parseForm = <Schema extends z.ZodType>(schema: Schema, given: unknown): z.output<Schema> => {
  const check = validatorCompiler({ schema, method: 'POST', url: '', httpPart: 'body' })
  const checked = check(given) as { value: z.output<Schema> } | { error: ZodFastifySchemaValidationError[] }
  if ('error' in checked) throw invalid(fieldErrors(checked.error))
  return checked.value
}
