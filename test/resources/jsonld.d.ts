/** The part of the JSON-LD processor that the tests use; the package brings no types. */
declare module 'jsonld' {
  const jsonld: {
    expand: (
      document: unknown,
      options: { documentLoader: (url: string) => Promise<never>; safe: boolean },
    ) => Promise<unknown[]>
  }
  export default jsonld
}
