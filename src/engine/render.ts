import { CHANGES } from './counterfactuals/change.ts'
import { GATE_RULES, type GateRule } from './gates.ts'
import { quote, renderMatter, renderWording } from './render/evidence.ts'
import {
  countUnits,
  formatChoice,
  formatNeed,
  formatNumber,
  formatPoints,
  formatValue,
  joinWords,
  nameCode,
  type Voice,
} from './render/values.ts'
import {
  CHANGE_WORDS,
  FIELD_NAMES,
  FIX_NAMES,
  GATE_WORDS,
  PART_LABELS,
  POINTER_NAMES,
  ROLE_NAMES,
} from './render/words.ts'
import type { Counterfactual, Evidence, FixedBy, Gap, Gate, Part, PartName, Score } from './types.ts'

/** What is rendered: a score, whole or redacted for a reader. Evidence is read in the factory's parts alone. */
export type Explained = Pick<Score, 'factory' | 'gates' | 'gaps' | 'counterfactuals'> & {
  vendor: { parts: Pick<Part, 'name' | 'contribution'>[] }
}
export type RenderOptions = Voice & { reasonsMax?: number }

const REASONS_MAX = 4

/**
 * An explanation in sentences: why it fits (strongest first), what makes it impossible, what is missing and how that is
 * closed, and what would change the score. Both languages say the same. Made from data each time, never stored; what
 * was redacted is left out, not guessed.
 */
export function renderReasons(score: Explained, options: RenderOptions): string[] {
  return [
    ...renderFit(score, options),
    ...score.gates.map(gate => renderGate(gate, options)),
    ...score.gaps.filter(gap => gap.verdict !== 'ok').map(gap => renderGap(gap, options)),
    ...mergeAlike(score.counterfactuals).map(change => renderCounterfactual(change, options)),
  ]
}

/** The parts that bring most to both directions, each with the evidence that says most. */
function renderFit({ factory, vendor }: Explained, options: RenderOptions): string[] {
  const weighed = factory.parts.map(part => {
    const points = part.evidence.reduce((sum, piece) => sum + piece.points, 0)
    return { part, worth: points * (part.contribution + contributionOf(vendor, part.name)) }
  })
  return weighed
    .filter(({ worth }) => worth > 0)
    .sort((a, b) => b.worth - a.worth)
    .slice(0, options.reasonsMax ?? REASONS_MAX)
    .flatMap(({ part }) => renderPart(part.name, part.evidence, options) ?? [])
}

const contributionOf = (direction: Explained['vendor'], name: PartName) =>
  direction.parts.find(part => part.name === name)?.contribution ?? 0

function renderPart(
  name: PartName,
  evidence: readonly Evidence[],
  { language, lexicon }: RenderOptions,
): string | undefined {
  const voice = { language, lexicon }
  const pieces = renderPieces(name, evidence, voice)
  const said = keepFirst(pieces).slice(0, 3)
  if (said.length === 0) return undefined
  const label = PART_LABELS[name][language]
  return language === 'zh' ? `${label}：${said.join('；')}。` : `${label}: ${said.join('; ')}.`
}

/** One piece for each name: "部署方式（边缘）" leaves no need for a bare "部署方式". */
function keepFirst(pieces: readonly string[]): string[] {
  const nameOf = (piece: string) => piece.replace(/\s*[（(].*$/, '')
  return pieces.filter((piece, i) => pieces.findIndex(other => nameOf(other) === nameOf(piece)) === i)
}

function renderPieces(name: PartName, evidence: readonly Evidence[], voice: Voice): string[] {
  if (name === 'text') return renderWording(evidence, voice)
  if (name === 'problem' || name === 'technique') return renderMatter(evidence, voice)
  return evidence.flatMap(piece => (name === 'data' ? renderData(piece, voice) : renderTerm(piece, voice)) ?? [])
}

function renderData(piece: Evidence, voice: Voice): string | undefined {
  const held = quote(piece.scenario, voice)
  const needed = piece.concept === undefined ? quote(piece.capability, voice) : nameCode(voice, piece.concept)
  if (held === undefined || needed === undefined) return needed ?? held
  return voice.language === 'zh'
    ? `工厂有${held}，供方需要${needed}`
    : `the factory holds ${held}, the vendor needs ${needed}`
}

/** The name of a condition that is met, with its value where that is short. */
function renderTerm(piece: Evidence, voice: Voice): string | undefined {
  const field = piece.capability[0]?.field.split('/').filter(key => key !== '' && !/^\d+$/.test(key))[0]
  const label = field === undefined ? undefined : POINTER_NAMES[field]?.[voice.language]
  if (label === undefined) return undefined
  const concept = piece.concept === undefined ? undefined : nameCode(voice, piece.concept)
  const shown = concept ?? formatTerm(field, piece.capability[0]?.surface ?? '', voice)
  return shown === '' ? label : voice.language === 'zh' ? `${label}（${shown}）` : `${label} (${shown})`
}

/** A short value beside its name; a list or an object says nothing that the name does not. */
function formatTerm(field: string | undefined, surface: string, voice: Voice): string {
  if (surface.startsWith('{') || surface.startsWith('[')) return ''
  if (field === 'latencyMs') return `${surface} ms`
  if (field === 'trl') return `TRL ${surface}`
  if (field === 'leadTimeDays') return voice.language === 'zh' ? `${surface} 天` : countUnits(`${surface} days`)
  return /^\d+$/.test(surface) ? '' : surface
}

function renderGate(gate: Gate, { language, lexicon }: RenderOptions): string {
  const voice = { language, lexicon }
  const rule = isRule(gate.rule) ? GATE_WORDS[gate.rule] : undefined
  const why = rule?.why[language] ?? gate.rule
  const source = rule?.source[language] ?? gate.source
  const need = listCodes(gate.need, voice)
  const have = gate.have === null ? undefined : listCodes(gate.have, voice)
  const who = listRoles(gate.liftedBy, voice)
  if (language === 'zh') {
    const values = [need && `要求 ${need}`, have && `供方为 ${have}`].filter(Boolean).join('，')
    return `不可行：${why}${values ? `（${values}）` : ''}。规则 ${gate.rule}，依据：${source}；可由${who}解除。`
  }
  const values = [need && `needed: ${need}`, have && `vendor: ${have}`].filter(Boolean).join('; ')
  return `Impossible: ${why}${values ? ` (${values})` : ''}. Rule ${gate.rule}, source: ${source}; it can be lifted by ${who}.`
}

const isRule = (rule: string): rule is GateRule => rule in GATE_RULES

function listCodes(codes: string, voice: Voice): string {
  return codes
    .split(', ')
    .filter(code => code !== '')
    .map(code => nameCode(voice, code))
    .join(voice.language === 'zh' ? '、' : ', ')
}

function listRoles(roles: readonly FixedBy[], { language }: Voice): string {
  const names = roles.map(role => ROLE_NAMES[role][language])
  return formatChoice(names, language)
}

function renderGap(gap: Gap, { language, lexicon }: RenderOptions): string {
  const voice = { language, lexicon }
  const verdict = VERDICT_WORDS[gap.fix === 'askFactory' ? 'unknown' : gap.verdict]?.[language] ?? ''
  const values = renderValues(gap, voice)
  const fix = gap.fix === undefined ? undefined : FIX_NAMES[gap.fix][language]
  const days = gap.effortDays === undefined ? undefined : formatDays(gap.effortDays, language)
  const who = gap.by === undefined || gap.by.length === 0 ? undefined : listRoles(gap.by, voice)
  const resource = gap.resource === undefined ? undefined : nameCode(voice, gap.resource)
  if (language === 'zh') {
    const how = [fix && `办法：${fix}`, days, who && `由${who}承担`, resource && `可用资源：${resource}`]
    return `${verdict}：${[values, how.filter(Boolean).join('，')].filter(Boolean).join('；')}。`
  }
  const how = [fix && `fix: ${fix}`, days, who && `by ${who}`, resource && `resource: ${resource}`]
  return `${verdict}: ${[values, how.filter(Boolean).join(', ')].filter(Boolean).join('; ')}.`
}

/** The field with what is needed of it and what there is; a value that is hidden from the reader is left out. */
function renderValues(gap: Gap, voice: Voice): string {
  const field = FIELD_NAMES[gap.field][voice.language]
  const need = formatNeed(voice, gap.need, gap.unit)
  const have = formatValue(voice, gap.have, gap.unit)
  const isUnknown = have === undefined && gap.fix === 'askFactory'
  const isReach = gap.field === 'reach'
  if (voice.language === 'zh') {
    const needed = need === undefined ? field : joinWords(field, isReach ? '供方处理地为' : '需要', need)
    const held = isUnknown ? '现有情况未知' : have && joinWords(isReach ? '允许到' : '现有', have)
    return [needed, held].filter(Boolean).join('，')
  }
  const needed = need === undefined ? field : `${field}${isReach ? ' is taken to' : ': needs'} ${need}`
  const held = isUnknown
    ? 'what the factory has is not known'
    : have && `${isReach ? 'allowed as far as' : 'has'} ${have}`
  return [needed, held].filter(Boolean).join(', ')
}

const VERDICT_WORDS: Record<string, { zh: string; en: string }> = {
  convertible: { zh: '数据可转换', en: 'Data can be made to fit' },
  missing: { zh: '数据缺口', en: 'Data gap' },
  forbidden: { zh: '数据受限', en: 'Data is withheld' },
  unknown: { zh: '数据待确认', en: 'Data to be confirmed' },
}

function formatDays([from, to]: [number, number], language: 'zh' | 'en'): string {
  const range = from === to ? formatNumber(from) : `${formatNumber(from)}–${formatNumber(to)}`
  return language === 'zh' ? `约 ${range} 个工作日` : countUnits(`about ${range} working days`)
}

/**
 * One of each change that reads alike, the one that is worth most: with their parameters hidden from the reader, several
 * would differ in nothing but a number.
 */
function mergeAlike(changes: readonly Counterfactual[]): Counterfactual[] {
  const keyOf = ({ change, params, by }: Counterfactual) => JSON.stringify([change, by, params])
  const best = new Map<string, Counterfactual>()
  for (const change of changes) {
    const known = best.get(keyOf(change))
    if (known === undefined || change.delta > known.delta) best.set(keyOf(change), change)
  }
  return [...best.values()]
}

/** "+14 分：补标注 500 个样本", in points of 100 as a score is shown. Bracketed stretches of the wording fall away with a parameter that is hidden. */
function renderCounterfactual(
  { change, params, delta, by }: Counterfactual,
  { language, lexicon }: RenderOptions,
): string {
  const voice = { language, lexicon }
  const code = CHANGES.find(known => known === change)
  const wording = code === undefined ? change : CHANGE_WORDS[code][language]
  const fill = (stretch: string) => stretch.replace(/\{(\w+)\}/g, (_, name: string) => formatParam(voice, params[name]))
  const said = wording.replace(/\[([^\]]*)\]/g, (_, stretch: string) => {
    const names = [...stretch.matchAll(/\{(\w+)\}/g)].map(match => match[1] ?? '')
    return names.every(name => params[name] !== undefined && params[name] !== '') ? fill(stretch) : ''
  })
  const points = formatPoints(delta)
  const who = ROLE_NAMES[by][language]
  return language === 'zh' ? `${points} 分：${said}（${who}）。` : `${points} points: ${countUnits(said)} (${who}).`
}

function formatParam(voice: Voice, value: string | number | undefined): string {
  if (value === undefined) return ''
  return typeof value === 'number' ? formatNumber(value) : nameCode(voice, value)
}
