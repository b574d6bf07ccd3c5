import { Webhook } from 'standardwebhooks'

/**
 * Whether the reference library signs the same content alike. Its own `verify` reads the real clock, and the tests' time
 * stands still elsewhere.
 */
export const verifies = (
  secret: string,
  request: { headers: Readonly<Record<string, string>>; body: string } | undefined,
): boolean => {
  if (!request) return false
  const { headers, body } = request
  const at = new Date(Number(headers['webhook-timestamp']) * 1_000)
  const expected = new Webhook(secret).sign(headers['webhook-id'] ?? '', at, body)
  return (headers['webhook-signature'] ?? '').split(' ').includes(expected)
}
