import { type Explained, renderReasons } from '../engine/render.ts'
import { formatNeed, formatValue, type Voice } from '../engine/render/values.ts'
import { FIELD_NAMES, FIX_NAMES, PART_LABELS, ROLE_NAMES } from '../engine/render/words.ts'
import type { FixedBy } from '../engine/types.ts'
import type { Explanation } from '../matching/explanation.ts'

/** An explanation as the page shows it: bars, sentences by what they are about, and the data interface as rows. */
export const tellProof = (proof: Explanation, voice: Voice) => {
  const { language, lexicon } = voice
  // Asked for kind by kind, so that each stands under a heading of its own.
  const nothing: Explained = {
    factory: { ...proof.factory, parts: [] },
    vendor: { ...proof.vendor, parts: [] },
    gates: [],
    gaps: [],
    counterfactuals: [],
  }
  const say = (part: Partial<Explained>) => renderReasons({ ...nothing, ...part }, voice)
  return {
    total: proof.total,
    hidden: proof.hidden,
    versions: proof.versions,
    sides: (['factory', 'vendor'] as const).map(side => ({
      side,
      score: proof[side].score,
      ...bar(proof[side], voice),
    })),
    fits: say({ factory: proof.factory, vendor: proof.vendor }),
    gates: say({ gates: proof.gates }),
    changes: say({ counterfactuals: proof.counterfactuals }),
    gaps: proof.gaps.map(gap => ({
      requirement: gap.requirement + 1,
      field: FIELD_NAMES[gap.field][language],
      isRequired: gap.level === 'required',
      verdict: gap.verdict,
      need: formatNeed(voice, gap.need, gap.unit),
      have: formatValue(voice, gap.have, gap.unit),
      fix: gap.fix && FIX_NAMES[gap.fix][language],
      effort: gap.effortDays && [...new Set(gap.effortDays)].join('–'),
      by: (gap.by ?? []).map(role => nameRole(role, voice)),
      resource: gap.resource && lexicon.label(gap.resource, language),
    })),
  }
}

const nameRole = (role: string, { language }: Voice): string =>
  role in ROLE_NAMES ? ROLE_NAMES[role as FixedBy][language] : role

/** Each part's share of the bar, in ten-thousandths from its left end: they end at the score. */
const bar = ({ parts }: Explanation['factory'], { language }: Voice) => {
  let at = 0
  return {
    parts: parts.map((part, place) => {
      const from = at
      at += part.contribution
      return {
        place,
        name: PART_LABELS[part.name][language],
        from,
        contribution: part.contribution,
        weight: part.weight,
      }
    }),
  }
}
