import type { FastifyReply, FastifyRequest } from 'fastify'
import { validatorCompiler, type ZodFastifySchemaValidationError } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Language } from '../engine/types.ts'
import { invalid, ProblemError } from '../platform/errors.ts'
import { fieldErrors } from '../platform/validation.ts'
import { namesIn } from './texts.ts'

/** What a form holds before a schema of the API has judged it: texts, and lists of them where boxes were ticked. */
export const AnyForm = z.record(z.string().max(60), z.union([z.string(), z.array(z.string()).max(200)]))
export type AnyForm = z.output<typeof AnyForm>

/** Boxes of one name: none, one or many come differently out of a form. */
export const listField = z
  .union([z.string().max(200), z.array(z.string().max(200)).max(200)])
  .optional()
  .transform(given => (given === undefined ? [] : [given].flat()))

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
    errors: error.errors.map(wrong => `${nameOfField(wrong.pointer, language)} ${wrong.detail[language]}`.trim()),
  }

/** The words of a page for what the API calls `/contact/email`. */
const nameOfField = (pointer: string, language: Language): string => {
  const { input, field, text } = namesIn(language)
  const names: Record<string, string> = { ...text, ...field, ...input }
  const known = pointer.split('/').filter(step => step in names)
  return names[known.at(-1) ?? ''] ?? pointer.replace(/^\//, '')
}

/** A link that is handed over works from anywhere: where no public address is set, by the one that the reader came by. */
export const absoluteUrl = (request: FastifyRequest, url: string): string =>
  url.startsWith('/') ? `${request.protocol}://${request.host}${url}` : url

/** Forms hold texts alone: those that are figures, as numbers. What is no figure stays as it is, to be refused by name. */
export const numbersIn = (form: AnyForm, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(form).map(([name, value]) => {
      const figure = names.includes(name) && typeof value === 'string' ? Number(value) : Number.NaN
      return [name, Number.isNaN(figure) ? value : figure]
    }),
  )
