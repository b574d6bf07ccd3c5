import { ProblemError, problems } from './errors.ts'

/** The entity tag of a version: strong, since every change raises the version. */
export const etagOf = (version: number): string => `"${version}"`

/**
 * Lets a change through only if the caller has seen the present version (RFC 9110 §13.1.1). A weak tag never matches.
 * @throws 428 without the header, 412 where it names another version
 */
export const checkIfMatch = (header: string | undefined, version: number): void => {
  if (header === undefined) throw new ProblemError(problems.preconditionRequired)
  const tags = header.split(',').map(tag => tag.trim())
  if (!tags.includes('*') && !tags.includes(etagOf(version))) throw new ProblemError(problems.staleVersion)
}
