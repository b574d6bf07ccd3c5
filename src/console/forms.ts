import type { FastifyReply } from 'fastify'
import { validatorCompiler, type ZodFastifySchemaValidationError } from 'fastify-type-provider-zod'
import type { z } from 'zod'
import type { Language } from '../engine/types.ts'
import { invalid, ProblemError } from '../platform/errors.ts'
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

/** Does what a form asks for. What was wrong with it is told on the page itself, where it can be mended. */
export const answerForm = async (
  work: () => Promise<FastifyReply>,
  showAgain: (error: ProblemError) => FastifyReply | Promise<FastifyReply>,
): Promise<FastifyReply> => {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ProblemError) || error.problem.status >= 500) throw error
    return showAgain(error)
  }
}

/** A problem in the words of the template `problem`. */
export const tellProblem = (error: ProblemError | undefined, language: Language) =>
  error && {
    title: error.problem.title[language],
    detail: error.detail?.[language],
    errors: error.errors.map(wrong => `${wrong.pointer.replace(/^\//, '')} ${wrong.detail[language]}`.trim()),
  }
