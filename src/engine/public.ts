/** The fields that everybody may read who may read the thing at all. `isPublic` is asked for each field's JSON pointer. */
export function keepPublicFields<T extends { id: string; title: string }>(
  input: T,
  isPublic: (pointer: string) => boolean,
): T {
  const kept = Object.entries(input).filter(([field]) => field === 'id' || isPublic(`/${field}`))
  return { title: '', ...Object.fromEntries(kept) } as T
}
