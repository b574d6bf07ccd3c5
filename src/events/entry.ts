import type { z } from 'zod'

/** An event's shape, example and meaning. Public ones carry an example. */
export type Entry = {
  data: z.ZodType<Record<string, unknown>>
  example: Record<string, unknown>
  public: boolean
  en: string
  zh: string
}

export const entry = <T extends z.ZodType<Record<string, unknown>>>(
  data: T,
  en: string,
  zh: string,
  shown?: z.infer<T>,
) => ({
  data,
  en,
  zh,
  example: shown ?? ({} as z.infer<T>),
  public: shown !== undefined,
})
