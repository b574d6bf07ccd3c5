import { UnreadableFile } from '../problems.ts'

/** How many bytes from the first one outside of ASCII on decide what the text is written in. */
const SAMPLE_BYTES = 4_096
const MARK_BYTES = 3
export type Encoding = 'utf-8' | 'gb18030' | 'utf-16le'

/**
 * Decodes a stream of bytes as it comes. UTF-8 with or without a byte order mark, UTF-16 with one (Excel's "Unicode
 * text"), otherwise GB18030, which is what Excel in China writes: told apart by the first stretch that is not ASCII, since
 * GB18030 is hardly ever valid UTF-8.
 * @throws UnreadableFile where the bytes are in neither
 */
export async function* decodeText(
  bytes: AsyncIterable<Buffer>,
  onEncoding: (encoding: Encoding) => void,
): AsyncGenerator<string> {
  let held = Buffer.alloc(0)
  let isStart = true
  let decoder: InstanceType<typeof TextDecoder> | undefined
  for await (const chunk of bytes) {
    if (decoder) {
      yield decode(decoder, chunk, true)
      continue
    }
    held = Buffer.concat([held, chunk])
    if (held.length < MARK_BYTES) continue
    const encoding = recognise(held, isStart, false)
    if (encoding === 'ascii') {
      // The same in every encoding that is possible here: it need not wait for the decision.
      yield held.toString('latin1')
      held = Buffer.alloc(0)
      isStart = false
    } else if (encoding) {
      onEncoding(encoding)
      decoder = new TextDecoder(encoding, { fatal: true })
      yield decode(decoder, held, true)
    }
  }
  if (!decoder) {
    const encoding = recognise(held, isStart, true)
    const known = encoding === 'ascii' || !encoding ? 'utf-8' : encoding
    onEncoding(known)
    decoder = new TextDecoder(known, { fatal: true })
    yield decode(decoder, held, true)
  }
  yield decode(decoder, Buffer.alloc(0), false)
}

const decode = (decoder: InstanceType<typeof TextDecoder>, bytes: Buffer, stream: boolean): string => {
  try {
    return decoder.decode(bytes, { stream })
  } catch {
    throw new UnreadableFile(
      '文件编码无法识别：请另存为 UTF-8 的 CSV',
      'Its encoding is neither UTF-8 nor GB18030: save it as CSV in UTF-8',
    )
  }
}

/** The encoding, or nothing while too little has been seen. */
const recognise = (bytes: Buffer, isStart: boolean, isWhole: boolean): Encoding | 'ascii' | undefined => {
  if (isStart && bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (isStart && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8'
  const first = bytes.findIndex(byte => byte >= 0x80)
  if (first < 0) return 'ascii'
  if (!isWhole && bytes.length - first < SAMPLE_BYTES) return undefined
  return isUtf8(bytes.subarray(first, first + SAMPLE_BYTES)) ? 'utf-8' : 'gb18030'
}

/** Whether the bytes are UTF-8, the last character perhaps cut off. */
const isUtf8 = (bytes: Buffer): boolean => {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    return false
  }
}
