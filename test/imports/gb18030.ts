/** Encodes by the decoder that Node has: every pair of bytes asked once. Enough for two-byte characters and ASCII. */
const codes = new Map<string, [number, number]>()

const fill = () => {
  const decoder = new TextDecoder('gb18030')
  for (let lead = 0x81; lead <= 0xfe; lead++)
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      if (trail === 0x7f) continue
      const text = decoder.decode(Uint8Array.of(lead, trail))
      if (text.length === 1 && text !== '\uFFFD' && !codes.has(text)) codes.set(text, [lead, trail])
    }
}

export const encodeGb18030 = (text: string): Buffer => {
  if (codes.size === 0) fill()
  const bytes: number[] = []
  for (const character of text) {
    const code = character.charCodeAt(0)
    const pair = codes.get(character)
    if (code < 0x80) bytes.push(code)
    else if (pair) bytes.push(...pair)
    else throw new Error(`no two bytes for ${character}`)
  }
  return Buffer.from(bytes)
}
