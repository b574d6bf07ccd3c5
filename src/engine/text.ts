import { Converter } from 'opencc-js/t2cn'

/**
 * Text as the engine compares it, with the way back to the text as it was written.
 * `starts[i]` and `ends[i]` are the UTF-16 offsets of the original characters that became character i.
 */
export type NormalisedText = { text: string; map: { starts: Int32Array; ends: Int32Array } }

/** Folded text in the making: for each UTF-16 unit where it came from. */
type Units = { text: string; starts: number[]; ends: number[] }

// The Taiwan profile also changes wording (軟體 to 软件), which plain character folding would leave as 软体.
const convertWording = Converter({ from: 'twp', to: 'cn' })
const convertCharacters = Converter({ from: 't', to: 'cn' })

/**
 * Folds a text for comparison: NFKC, lower case, Traditional to Simplified Chinese, zero-width characters, HTML tags
 * and bracketed pinyin removed. Never fails, for any string; every character of the result can be traced back.
 */
export function normalise(original: string): NormalisedText {
  const even = foldEven(original)
  if (even !== undefined) return { text: even, map: mapEven(original.length) }
  const units = foldTraditional(foldCharacters(original, findNoise(original)))
  return { text: units.text, map: { starts: Int32Array.from(units.starts), ends: Int32Array.from(units.ends) } }
}

/** The stretch of the original text that became characters `start` (included) to `end` (excluded) of the result. */
export function locateOriginal(normalised: NormalisedText, start: number, end: number): { start: number; end: number } {
  const { starts, ends } = normalised.map
  return { start: starts[start] ?? 0, end: ends[end - 1] ?? 0 }
}

/** What a UTF-16 unit becomes that folds alone into one other; 0 where it has not been looked up, `UNEVEN` where it does not. */
const evenFolds = new Uint16Array(0x10000)
const UNEVEN = 0xffff
const OPENING_TAG = /<\/?[a-z]/i

/** The folded text where every unit folds by itself into one unit, which is so of nearly every text; else undefined. */
function foldEven(original: string): string | undefined {
  let text = ''
  let from = 0
  for (let at = 0; at < original.length; at++) {
    const code = original.charCodeAt(at)
    const folded = evenFolds[code] || lookUpFold(code)
    if (folded === UNEVEN) return undefined
    if (folded === code) continue
    text += original.slice(from, at) + String.fromCharCode(folded)
    from = at + 1
  }
  if (OPENING_TAG.test(original)) return undefined
  return from === 0 ? original : text + original.slice(from)
}

/** Marks, surrogates, what vanishes or widens, tones of readings and Traditional characters are left to the careful way. */
function lookUpFold(code: number): number {
  const character = String.fromCharCode(code)
  const folded = foldCluster(character)
  const isEven =
    code !== 0 &&
    code < 0xfff0 &&
    (code < 0xd800 || code > 0xdfff) &&
    folded.length === 1 &&
    !COMBINING.test(character) &&
    !TONED.test(character) &&
    !hasTraditional(folded)
  const even = isEven ? folded.charCodeAt(0) : UNEVEN
  evenFolds[code] = even
  return even
}

/** The way back from an even text is the same for all; texts share its beginning. */
let evenMap = growEvenMap(1024)

function growEvenMap(length: number): NormalisedText['map'] {
  return { starts: Int32Array.from({ length }, (_, i) => i), ends: Int32Array.from({ length }, (_, i) => i + 1) }
}

function mapEven(length: number): NormalisedText['map'] {
  if (length > evenMap.starts.length) evenMap = growEvenMap(length * 2)
  return { starts: evenMap.starts.subarray(0, length), ends: evenMap.ends.subarray(0, length) }
}

const TAG = /<\/?[a-z][^<>]{0,200}>/gi
const PINYIN = /(?<=\p{Script=Han})[(（][a-zü\u00c0-\u017f\u01cd-\u01dc]{1,7}[)）]/giu
const TONED = /[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]/i

/** Stretches to leave out. Bracketed lower-case words count as pinyin only in a text that shows a tone mark. */
function findNoise(text: string): [number, number][] {
  const noise: [number, number][] = []
  if (text.includes('<')) for (const tag of text.matchAll(TAG)) noise.push([tag.index, tag.index + tag[0].length])
  const readings = [...text.matchAll(PINYIN)]
  if (readings.some(reading => TONED.test(reading[0]))) {
    for (const reading of readings) noise.push([reading.index, reading.index + reading[0].length])
  }
  return noise.sort((a, b) => a[0] - b[0])
}

const ZERO_WIDTH = /[\u00ad\u200b-\u200f\u2060\ufeff]/
const COMBINING = /\p{M}/u

function foldCharacters(original: string, noise: [number, number][]): Units {
  const units: Units = { text: '', starts: [], ends: [] }
  let skip = 0
  let at = 0
  while (at < original.length) {
    const hole = noise[skip]
    if (hole !== undefined && at >= hole[0]) {
      at = Math.max(at, hole[1])
      skip++
      continue
    }
    const plainEnd = findPlainEnd(original, at, hole?.[0] ?? original.length)
    appendPlain(units, original, at, plainEnd)
    const end = plainEnd > at ? plainEnd : findClusterEnd(original, at)
    if (plainEnd === at) append(units, foldCluster(original.slice(at, end)), at, end)
    at = end
  }
  return units
}

function append(units: Units, text: string, start: number, end: number): void {
  units.text += text
  for (let i = 0; i < text.length; i++) {
    units.starts.push(start)
    units.ends.push(end)
  }
}

/** End of the run of ASCII and common Han from `start`, which fold one to one; most text is nothing else. */
function findPlainEnd(text: string, start: number, limit: number): number {
  let end = start
  while (end < limit) {
    const code = text.charCodeAt(end)
    if (code >= 0x80 && !isHan(code)) break
    end++
  }
  // A combining mark may follow, so the last character is left to the careful way.
  return end < limit ? Math.max(start, end - 1) : end
}

function appendPlain(units: Units, text: string, start: number, end: number): void {
  if (end > start) units.text += text.slice(start, end).toLowerCase()
  for (let at = start; at < end; at++) {
    units.starts.push(at)
    units.ends.push(at + 1)
  }
}

const isHan = (code: number) => code >= 0x4e00 && code <= 0x9fff

/** One code point with the combining marks that follow it, since NFKC may compose them into one. */
function findClusterEnd(text: string, start: number): number {
  const size = (at: number) => ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1)
  let end = start + size(start)
  while (end < text.length) {
    const code = text.codePointAt(end) ?? 0
    if (code < 0x300 || isHan(code) || !COMBINING.test(String.fromCodePoint(code))) break
    end += size(end)
  }
  return end
}

function foldCluster(cluster: string): string {
  const code = cluster.charCodeAt(0)
  if (cluster.length === 1 && (code < 0x80 || isHan(code))) return cluster.toLowerCase()
  return ZERO_WIDTH.test(cluster) ? '' : cluster.normalize('NFKC').toLowerCase()
}

/** Marks every character of the basic Han block that has a simplified form of its own. */
const traditional = markTraditional()

function markTraditional(): Uint8Array {
  const all = Array.from({ length: 0x9fff - 0x4e00 + 1 }, (_, i) => String.fromCharCode(0x4e00 + i))
  return Uint8Array.from(all, character => (convertCharacters(character) === character ? 0 : 1))
}

function hasTraditional(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (traditional[text.charCodeAt(i) - 0x4e00] === 1) return true
  return false
}

/**
 * Wording is converted only in a text that holds a Traditional character, because some words of the Taiwan profile
 * are ordinary words of another meaning in a Simplified text (文件, 程序).
 */
function foldTraditional(units: Units): Units {
  if (!hasTraditional(units.text)) return units
  const simplified = convertCharacters(units.text)
  const worded = convertWording(units.text)
  if (worded.length === units.text.length) return { ...units, text: worded }
  return simplified.length === units.text.length ? alignWording(units, simplified, worded) : units
}

/** Where wording changed the length, what lies between the equal head and tail is traced back as one stretch. */
function alignWording(units: Units, simplified: string, worded: string): Units {
  const shorter = Math.min(simplified.length, worded.length)
  let head = 0
  while (head < shorter && simplified[head] === worded[head]) head++
  let tail = 0
  while (tail < shorter - head && simplified.at(-1 - tail) === worded.at(-1 - tail)) tail++
  const cut = units.text.length - tail
  const aligned: Units = {
    text: worded.slice(0, head),
    starts: units.starts.slice(0, head),
    ends: units.ends.slice(0, head),
  }
  append(
    aligned,
    worded.slice(head, worded.length - tail),
    units.starts[head] ?? 0,
    units.ends[Math.max(head, cut - 1)] ?? 0,
  )
  return {
    text: aligned.text + simplified.slice(cut),
    starts: [...aligned.starts, ...units.starts.slice(cut)],
    ends: [...aligned.ends, ...units.ends.slice(cut)],
  }
}
