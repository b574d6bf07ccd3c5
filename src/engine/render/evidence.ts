import { FILLER_WORDS } from '../lexical/stopwords.ts'
import { tagText } from '../lexicon/tag.ts'
import type { Evidence, Span } from '../types.ts'
import { nameCode, type Voice } from './values.ts'

/** The words as they were written, at most two places. A picked concept is shown by its name, not its id. */
export function quote(spans: readonly Span[], voice: Voice): string | undefined {
  const words = [...new Set(spans.map(span => nameCode(voice, span.surface)).filter(word => word !== ''))].slice(0, 2)
  if (words.length === 0) return undefined
  return words.map(word => `“${word}”`).join(voice.language === 'zh' ? '' : ' and ')
}

/** What both texts say, each word once. Words that prove nothing to a reader, however rare they are, are left out. */
export function renderWording(evidence: readonly Evidence[], voice: Voice): string[] {
  return evidence.flatMap(({ scenario, capability }) => {
    const asked = scenario.filter(isTelling)
    const offered = capability.filter(isTelling)
    const [demand, supply] = [quote(asked, voice), quote(offered, voice)]
    if (supply === undefined || (demand === undefined && scenario.length > 0)) return []
    const isSame = demand === undefined || fold(asked) === fold(offered)
    if (voice.language === 'zh') return isSame ? `供方也提到${supply}` : `需求提到${demand}，供方也提到${supply}`
    return isSame ? `the vendor also says ${supply}` : `the demand says ${demand}, the vendor also says ${supply}`
  })
}

const fold = (spans: readonly Span[]) => [...new Set(spans.map(span => span.surface.toLowerCase()))].sort().join(' ')

/** A single character, a bare number and a filler word say nothing. */
const isTelling = ({ surface }: Span) =>
  !/^.?$|^[\d\s.,%]+$/u.test(surface) && !FILLER_WORDS.has(surface.trim().toLowerCase())

/** How a thing of the demand leads to a problem that it does not name. */
const SURROUNDINGS: Record<string, { zh: string; en: string }> = {
  equipment: { zh: '设备', en: 'machine' },
  process: { zh: '工序', en: 'process step' },
}

/** What joins the demand's concepts to the vendor's. Of two that lead to one concept, the one that names it stays. */
export function renderMatter(evidence: readonly Evidence[], voice: Voice): string[] {
  const pieces = evidence.map(piece => ({ piece, around: findSurroundings(piece, voice) }))
  const isNamed = (concept: string | undefined) =>
    pieces.some(({ piece, around }) => around === undefined && piece.concept === concept && piece.scenario.length > 0)
  return pieces.flatMap(({ piece, around }) => {
    const supply = piece.concept === undefined ? quote(piece.capability, voice) : nameCode(voice, piece.concept)
    const demand = quote(piece.scenario, voice)
    if (supply === undefined || demand === undefined) return supply ?? demand ?? []
    if (around === undefined)
      return voice.language === 'zh'
        ? `需求提到${demand}，供方提供${supply}`
        : `the demand says ${demand}, the vendor offers ${supply}`
    if (isNamed(piece.concept)) return []
    return voice.language === 'zh'
      ? `${around.zh}${demand}常见问题：${supply}`
      : `a usual problem of the ${around.en} ${demand}: ${supply}`
  })
}

/** A machine or a process step of the demand that stands for one of its usual problems; undefined for anything else. */
function findSurroundings({ concept, scenario }: Evidence, { lexicon }: Voice): { zh: string; en: string } | undefined {
  const offered = concept === undefined ? undefined : lexicon.get(concept)?.scheme
  const surface = scenario[0]?.surface
  if (offered !== 'problem' || surface === undefined) return undefined
  const asked = lexicon.get(surface) ?? lexicon.get(tagText(lexicon, surface)[0]?.concept ?? '')
  return asked === undefined ? undefined : SURROUNDINGS[asked.scheme]
}
