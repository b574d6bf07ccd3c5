import type { Lexicon } from '../lexicon/lexicon.ts'
import type { Dataset, Volume } from '../types.ts'
import { readDataNouns } from './data-nouns.ts'
import { type Fact, listFacts } from './fact.ts'
import { type Clause, clauseText, type Implied, listClauses, type Reading, spanOf } from './reading.ts'

const HOLDS =
  /(?:都|全|存)?在(?:excel|erp|mes|sap|dcs|scada|wms|系统|电脑|本子)|\bin (?:excel|sap|erp|mes|csv|spreadsheets?)|有|存|积累|保存|采集|记录了|沉淀|导出|拥有|kept|\blogs?\b|logged|sits? in|recorded|hold|have|has|collect|available|stored|record|archive|export/
const LACKS = /没有|缺乏|缺少|无数据|未采集|没存|do not have|don't have|no data|lack|without|not collected/
const UNLABELLED =
  /未标注|没有?标注|没(?:有)?人标|没标过|还没标|张没标|没人看过|没打标|无标注|未打标|没标|没有?标签|无标签|unlabel|not labell?ed|not annotated|none labelled|no labels/
const LABELLED = /已标注|已打标|标注好|全部标注|均标注|带标注|有标注|标注过|标注完|(?<!un)label(?:l)?ed|annotated/
const FAULTS = /缺陷|不良|\bng\b|次品|瑕疵|故障|异常|异音|异响|defect|faulty|reject/
const AMONG = /其中|包括|含|of which|including|of them/
const PAPER = /纸质|手写|纸张|手工台账|on paper|paper-based|handwritten/
const ABOUT_DATA =
  /存了|积累|攒|保留|数据|记录|历史|日志|图|录像|录音|视频|照片|样本|信号|保存|留存|data|record|histor|log|images|signal|video|stored/
const SAMPLED = /采样|每隔?\s*(?:\d|秒|分|小时)|sampl|\bat [\d.]+ ?k?hz/
const PERSONAL = /人脸|个人信息|隐私|身份证|手机号|客户信息|personal (?:data|information)|faces?(?![a-z])/
/** A clause that names no data of its own and goes on about that before it ("存了两TB", "只有最近两个月"). */
const GOES_ON =
  /^\s*(?:也|都|已|已经|一共|共|总共|大概|大约|约|目前|现在|只)?(?:存|保存|留存|积累|攒|保留|有|样本|历史|stored|kept|going back)|^\s*[a-z\d一二两三四五六七八九十半]+ ?(?:个?月|年|months?|years?)(?: of|的)? ?(?:data|history|历史|数据)/
const BARE_SPAN = /^\s*(?:近|约|大约|共|有)?[\d一二两三四五六七八九十半]+ ?(?:个半?月|年半?|months?|years?)多?\s*$/
/** Pictures, sounds or rows that are told to show the defect or fault. */
const SHOWS_FAULT =
  /(?:不良品?|缺陷|(?<![a-z])ng|次品|瑕疵|异常|故障|异音|异响|defect(?:ive)?|faulty)(?:件|的)?(?:照片|图片|图像|图|样本|录音|数据|samples?|images?|pictures?)/

/** A dataset that a text tells of: its modality is always a concept of the lexicon. */
export type ToldDataset = Dataset & { modality: string }

/**
 * Datasets that a text says are held ("有2万张未标注图片"): a volume of something, or a modality behind a word of
 * holding. What is not said stays absent. One dataset for each modality of a clause.
 */
export function implyDatasets(lexicon: Lexicon, reading: Reading): Implied<ToldDataset>[] {
  const found: Implied<ToldDataset>[] = []
  for (const clause of joinLists(listClauses(reading))) {
    if (describeLast(lexicon, found, clause)) continue
    found.push(...readClause(lexicon, clause))
  }
  return mergeByModality(found)
}

/** "温度、压力、真空度三秒一个点" is one clause: what is told at the end of a list holds for all of it. */
function joinLists(clauses: Clause[]): Clause[] {
  const joined: Clause[] = []
  for (const clause of clauses) {
    const last = joined.at(-1)
    if (last === undefined || clause.text[last.end] !== '、' || last.facts.length > 0) joined.push(clause)
    else
      joined[joined.length - 1] = {
        ...clause,
        start: last.start,
        mentions: [...last.mentions, ...clause.mentions],
        refused: [...last.refused, ...clause.refused],
      }
  }
  return joined
}

function readClause(lexicon: Lexicon, clause: Clause): Implied<ToldDataset>[] {
  const words = clauseText(clause)
  const volume = readVolume(clause)
  const nouns = readDataNouns(words).map(({ modality, start, end }) => ({
    modality,
    start: clause.start + start,
    end: clause.start + end,
  }))
  const isHeld =
    (nouns.length > 0 && clause.facts.some(({ kind }) => kind === 'duration')) ||
    HOLDS.test(words) ||
    SAMPLED.test(words) ||
    clause.facts.some(({ kind }) => kind === 'sampling' || kind === 'volume')
  if (volume === undefined && (LACKS.test(words) || !isHeld)) return []
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

type VolumeFact = Extract<Fact, { kind: 'volume' }>

const RATE_BEFORE = /(?:每|一)(?:天|日|班|小时|月|周|个班|个月)[^，。,;；]{0,8}$/
const RATE_REACH = 16
const RATE_AFTER = /^\s*(?:(?:a|per|each|every|\/)\s*(?:day|shift|hour|week|month)|\/?(?:每天|天|日|班))/

/** The amount of data that a clause tells of; what comes in each day is none ("每天十几万张"). */
function readVolume(clause: Clause): VolumeFact | undefined {
  return listFacts(clause.facts, 'volume').find(
    ({ start, end }) =>
      !RATE_BEFORE.test(clause.text.slice(Math.max(clause.start, start - RATE_REACH), start)) &&
      !RATE_AFTER.test(clause.text.slice(end, end + RATE_REACH)),
  )
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
    clause.facts.some(({ kind }) => kind === 'duration' || kind === 'sampling' || kind === 'volume') ||
    /[块只]$/.test(clause.text.slice(0, mention.start)) ||
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
  const span = ABOUT_DATA.test(words) || BARE_SPAN.test(words) ? listFacts(clause.facts, 'duration')[0] : undefined
  const shown = readVolume(clause)
  return {
    ...(UNLABELLED.test(words) ? { labelCoverage: 0 } : LABELLED.test(words) ? { labelCoverage: 1 } : {}),
    ...(sampling === undefined ? {} : { samplingHz: sampling.value }),
    ...(span === undefined ? {} : { timeSpanDays: span.value }),
    ...(PAPER.test(words) ? { storage: 'paper' as const } : {}),
    ...(PERSONAL.test(words) ? { personalData: true } : {}),
    ...(shown !== undefined && SHOWS_FAULT.test(words) ? { negativeSamples: shown.value } : {}),
  }
}

/** A clause that only adds to the dataset before it ("其中3000张已标注", "均未标注"). Returns whether it was one. */
function describeLast(lexicon: Lexicon, found: Implied<ToldDataset>[], clause: Clause): boolean {
  const last = found.at(-1)
  const words = clauseText(clause)
  const part = readVolume(clause)
  if (last === undefined) return false
  const held = last.value
  if (part === undefined) {
    const adds =
      /^\s*(均|都|全部|但|尚|还|每|以|没|未|含|包含|涉及|none|all|but|not|un|采样|every|sampled|once)/.test(words) ||
      (goesOn(clause, words) && namesNoData(lexicon, clause))
    if (adds) Object.assign(held, readAttributes(clause, words))
    return adds
  }
  if (held.volume === undefined && goesOn(clause, words) && namesNoData(lexicon, clause)) {
    Object.assign(held, { volume: { value: part.value, unit: part.unit }, ...readAttributes(clause, words) })
    return true
  }
  if (held.volume === undefined || !AMONG.test(words) || part.unit !== held.volume.unit) return false
  if (LABELLED.test(words) || /标注/.test(words)) held.labelCoverage = Math.min(1, part.value / held.volume.value)
  if (FAULTS.test(words)) held.negativeSamples = part.value
  return true
}

/** Whether a clause only says more: how it is sampled, how long it goes back. */
const goesOn = (clause: Clause, words: string) =>
  GOES_ON.test(words) || BARE_SPAN.test(words) || clause.facts.some(({ kind }) => kind === 'sampling')

const namesNoData = (lexicon: Lexicon, clause: Clause) =>
  !clause.mentions.some(mention => lexicon.get(mention.concept)?.scheme === 'modality') &&
  readDataNouns(clauseText(clause)).length === 0

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
