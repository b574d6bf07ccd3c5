/**
 * Short name of a text's content: 64 bits of FNV-1a (two 32-bit halves with different seeds, over UTF-16 units), in
 * hexadecimal. Names versions; it is no defence against forgery.
 */
export function fingerprint(text: string): string {
  return hash32(text, 0x811c9dc5) + hash32(text, 0x01234567)
}

function hash32(text: string, seed: number): string {
  let hash = seed
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, '0')
}
