import type { Lexicon } from '../lexicon/lexicon.ts'
import type { Dataset, Volume } from '../types.ts'
import { readDataNouns } from './data-nouns.ts'
import { type Fact, listFacts } from './fact.ts'
import { type Clause, clauseText, type Implied, listClauses, type Reading, spanOf } from './reading.ts'

const HOLDS = /有|存|积累|保存|采集|记录了|沉淀|导出|拥有|hold|have|has|collect|available|stored|record|archive|export/
const LACKS = /没有|缺乏|缺少|无数据|未采集|没存|do not have|don't have|no data|lack|without|not collected/
const UNLABELLED = /未标注|没有?标注|无标注|未打标|没标|没有?标签|无标签|unlabel|not labell?ed|not annotated|no labels/
const LABELLED = /已标注|已打标|标注好|全部标注|均标注|带标注|有标注|标注过|标注完|(?<!un)label(?:l)?ed|annotated/
const FAULTS = /缺陷|不良|\bng\b|次品|瑕疵|故障|异常|defect|faulty|reject/
const AMONG = /其中|包括|含|of which|including|of them/
const PAPER = /纸质|手写|纸张|手工台账|on paper|paper-based|handwritten/
const ABOUT_DATA = /数据|记录|历史|日志|图|录像|data|record|histor|log|images/

/** A dataset that a text tells of: its modality is always a concept of the lexicon. */
export type ToldDataset = Dataset & { modality: string }

/**
 * Datasets that a text says are held ("有2万张未标注图片"): a volume of something, or a modality behind a word of
 * holding. What is not said stays absent. One dataset for each modality of a clause.
 */
export function implyDatasets(lexicon: Lexicon, reading: Reading): Implied<ToldDataset>[] {
  const found: Implied<ToldDataset>[] = []
  for (const clause of listClauses(reading)) {
    if (describeLast(found, clause)) continue
    found.push(...readClause(lexicon, clause))
  }
  return mergeByModality(found)
}

function readClause(lexicon: Lexicon, clause: Clause): Implied<ToldDataset>[] {
  const words = clauseText(clause)
  const volume = listFacts(clause.facts, 'volume')[0]
  if (volume === undefined && (LACKS.test(words) || !HOLDS.test(words))) return []
  const unlabelled = UNLABELLED.test(words)
  // The name of annotated images in "未标注图片" is refused as such, and still says that there are images.
  const denied = unlabelled ? clause.refused.filter(({ concept }) => withoutLabels(concept) !== concept) : []
  const modalities = [...clause.mentions, ...denied].filter(
    mention => lexicon.get(mention.concept)?.scheme === 'modality' && isNamed(clause, mention, volume),
  )
  const named = joinPieces(
    modalities.map(({ concept, start, end }) => ({
      modality: unlabelled ? withoutLabels(concept) : concept,
      start,
      end,
    })),
  )
  const nouns = readDataNouns(words).map(({ modality, start, end }) => ({
    modality,
    start: clause.start + start,
    end: clause.start + end,
  }))
  const held = named.length > 0 ? named : nouns.length > 0 ? joinPieces(nouns) : guessPieces(volume, words)
  return held.map((piece, i) => {
    const own = i === nearest(held, volume) ? volume : undefined
    const attributes = readAttributes(clause, words)
    const start = Math.min(piece.start, own?.start ?? piece.start)
    const end = Math.max(piece.end, own?.end ?? piece.end)
    const volumeOf: { volume?: Volume } = own === undefined ? {} : { volume: { value: own.value, unit: own.unit } }
    const span = spanOf(clause, start, end)
    return { value: { name: span.surface, modality: piece.modality, ...volumeOf, ...attributes }, span }
  })
}

/** Where only a volume is told, its unit tells of what. */
function guessPieces(volume: Fact | undefined, words: string): Piece[] {
  const modality = volume === undefined ? undefined : guessModality(volume, words)
  return volume === undefined || modality === undefined ? [] : [{ modality, start: volume.start, end: volume.end }]
}

type Piece = { modality: string; start: number; end: number }

/** One piece for each modality, over all its words. */
function joinPieces(pieces: Piece[]): Piece[] {
  const modalities = [...new Set(pieces.map(piece => piece.modality))]
  return modalities.map(modality => {
    const same = pieces.filter(piece => piece.modality === modality)
    const start = Math.min(...same.map(piece => piece.start))
    return { modality, start, end: Math.max(...same.map(piece => piece.end)) }
  })
}

/** A general word (图片, 电表) names data only beside a volume or before 数据. */
function isNamed(
  clause: Clause,
  mention: { start: number; end: number; weight: number },
  volume: Fact | undefined,
): boolean {
  return (
    mention.weight >= 0.6 ||
    volume !== undefined ||
    /^(数据|记录| data| records)/.test(clause.text.slice(mention.end, mention.end + 8))
  )
}

// "未标注图片" holds the name of annotated images, and says that they are none.
const withoutLabels = (modality: string) =>
  modality === 'mod.label-img' ? 'mod.image' : modality === 'mod.faultlabel' ? 'mod.ts' : modality

function nearest(pieces: { start: number }[], volume: Fact | undefined): number {
  if (volume === undefined) return -1
  let best = 0
  pieces.forEach((piece, i) => {
    if (Math.abs(piece.start - volume.start) < Math.abs((pieces[best]?.start ?? 0) - volume.start)) best = i
  })
  return best
}

function guessModality(volume: Fact, words: string): string | undefined {
  if (volume.unit === 'samples')
    return /张|幅|图|image|picture|photo/.test(volume.surface.toLowerCase()) ? 'mod.image' : undefined
  if (volume.unit === 'hours')
    return /视频|录像|监控|video|footage/.test(words) ? 'mod.video' : /音|audio/.test(words) ? 'mod.audio' : 'mod.ts'
  if (volume.unit === 'documents') return /图纸|drawing/.test(words) ? 'mod.drawing' : 'mod.doc'
  return volume.unit === 'rows' ? 'mod.table' : undefined
}

function readAttributes(clause: Clause, words: string): Partial<Omit<Dataset, 'modality' | 'name'>> {
  const sampling = listFacts(clause.facts, 'sampling')[0]
  const span = ABOUT_DATA.test(words) ? listFacts(clause.facts, 'duration')[0] : undefined
  return {
    ...(UNLABELLED.test(words) ? { labelCoverage: 0 } : LABELLED.test(words) ? { labelCoverage: 1 } : {}),
    ...(sampling === undefined ? {} : { samplingHz: sampling.value }),
    ...(span === undefined ? {} : { timeSpanDays: span.value }),
    ...(PAPER.test(words) ? { storage: 'paper' as const } : {}),
  }
}

/** A clause that only adds to the dataset before it ("其中3000张已标注", "均未标注"). Returns whether it was one. */
function describeLast(found: Implied<ToldDataset>[], clause: Clause): boolean {
  const last = found.at(-1)
  const words = clauseText(clause)
  const part = listFacts(clause.facts, 'volume')[0]
  if (last === undefined) return false
  const held = last.value
  if (part === undefined) {
    const adds = /^\s*(均|都|全部|但|尚|还|每|以|没|未|none|all|but|not|un|采样|every|sampled|once)/.test(words)
    if (adds) Object.assign(held, readAttributes(clause, words))
    return adds
  }
  if (held.volume === undefined || !AMONG.test(words) || part.unit !== held.volume.unit) return false
  if (LABELLED.test(words) || /标注/.test(words)) held.labelCoverage = Math.min(1, part.value / held.volume.value)
  if (FAULTS.test(words)) held.negativeSamples = part.value
  return true
}

function mergeByModality(found: Implied<ToldDataset>[]): Implied<ToldDataset>[] {
  const byModality = new Map<string, Implied<ToldDataset>>()
  for (const implied of found) {
    const key = implied.value.modality
    const known = byModality.get(key)
    byModality.set(key, known === undefined ? implied : joinImplied(known, implied))
  }
  return [...byModality.values()]
}

/** Two mentions of one modality are one dataset: what the first says stands, the second fills in. */
function joinImplied(first: Implied<ToldDataset>, second: Implied<ToldDataset>): Implied<ToldDataset> {
  const fuller = Object.keys(second.value).length > Object.keys(first.value).length ? second : first
  return { value: { ...second.value, ...first.value, name: fuller.value.name }, span: fuller.span }
}
