import type { Explanation } from '../matching/explanation.ts'

export type Piece = { text: string; isEvidence: boolean }
export type HighlightedText = { field: 'title' | 'summary' | 'details' | 'benefits'; pieces: Piece[] }

const TEXT_FIELDS = ['title', 'summary', 'details', 'benefits'] as const

/** The texts of one side with the words marked that the explanation stands on. */
export const highlightTexts = (
  thing: { [F in (typeof TEXT_FIELDS)[number]]?: string | undefined },
  proof: Pick<Explanation, 'factory'> | undefined,
  side: 'scenario' | 'capability',
): HighlightedText[] => {
  const spans = (proof?.factory.parts ?? []).flatMap(part => part.evidence.flatMap(piece => piece[side]))
  return TEXT_FIELDS.flatMap(field => {
    const text = thing[field]
    if (text === undefined) return []
    const marked = spans.flatMap(span =>
      span.field === `/${field}` && span.start !== undefined && span.end !== undefined
        ? [{ start: span.start, end: span.end }]
        : [],
    )
    return [{ field, pieces: cutText(text, marked) }]
  })
}

/** Cuts a text at the ends of its spans; spans that overlap or touch become one. Offsets beyond the text count to its end. */
export const cutText = (text: string, spans: readonly { start: number; end: number }[]): Piece[] => {
  const pieces: Piece[] = []
  let at = 0
  for (const { start, end } of mergeSpans(spans)) {
    if (start >= text.length) break
    if (start > at) pieces.push({ text: text.slice(at, start), isEvidence: false })
    pieces.push({ text: text.slice(start, end), isEvidence: true })
    at = Math.min(end, text.length)
  }
  if (at < text.length) pieces.push({ text: text.slice(at), isEvidence: false })
  return pieces
}

const mergeSpans = (spans: readonly { start: number; end: number }[]) => {
  const merged: { start: number; end: number }[] = []
  for (const { start, end } of [...spans].sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1)
    if (last && start <= last.end) last.end = Math.max(last.end, end)
    else merged.push({ start, end })
  }
  return merged
}
