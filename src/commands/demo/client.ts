/** A caller of the API with one key, as anybody's program would be. */
export type Client = {
  call: <T>(method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<T>
}

/** @throws Error with the problem's own words for every answer that is not 2xx */
export const createClient = (address: string, key: string): Client => ({
  call: async <T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${address}/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return (text === '' ? undefined : JSON.parse(text)) as T
  },
})
