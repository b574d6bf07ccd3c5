import type { NeededData } from '../features/resolved.ts'
import type { Lexicon } from '../lexicon/lexicon.ts'
import { accept, ask, convert, type Judgement, lack } from './judgement.ts'

type Conversion = { from: string; to: string; effortDays: [number, number]; fix: 'convertFormat' | 'digitise' | 'join' }

/** What one kind of data can be made into with known work (own judgement, DOMAIN.md §5 gives the kinds). */
const CONVERSIONS: Conversion[] = [
  { from: 'mod.video', to: 'mod.image', effortDays: [1, 3], fix: 'convertFormat' },
  { from: 'mod.pointcloud', to: 'mod.image', effortDays: [1, 5], fix: 'convertFormat' },
  { from: 'mod.video', to: 'mod.audio', effortDays: [1, 2], fix: 'convertFormat' },
  { from: 'mod.speech', to: 'mod.text', effortDays: [2, 5], fix: 'convertFormat' },
  { from: 'mod.cad3d', to: 'mod.drawing', effortDays: [2, 5], fix: 'convertFormat' },
  { from: 'mod.cad3d', to: 'mod.pointcloud', effortDays: [2, 5], fix: 'convertFormat' },
  { from: 'mod.drawing', to: 'mod.cad3d', effortDays: [10, 40], fix: 'digitise' },
  { from: 'mod.drawing', to: 'mod.bom', effortDays: [5, 20], fix: 'digitise' },
  { from: 'mod.drawing', to: 'mod.doc', effortDays: [1, 3], fix: 'convertFormat' },
  { from: 'mod.doc', to: 'mod.table', effortDays: [3, 15], fix: 'digitise' },
  { from: 'mod.ts', to: 'mod.alarm', effortDays: [3, 10], fix: 'convertFormat' },
  { from: 'mod.maint', to: 'mod.faultlabel', effortDays: [5, 20], fix: 'join' },
  { from: 'mod.alarm', to: 'mod.faultlabel', effortDays: [5, 20], fix: 'join' },
  { from: 'mod.expert', to: 'mod.doc', effortDays: [10, 30], fix: 'digitise' },
  { from: 'mod.cnc', to: 'mod.current', effortDays: [1, 3], fix: 'convertFormat' },
]

/** Business records usually live in spreadsheets, so a "table" may be one of them. */
const IN_TABLES = new Set([
  'mod.quality',
  'mod.order',
  'mod.inventory',
  'mod.bom',
  'mod.maint',
  'mod.supplier',
  'mod.sales',
  'mod.finance',
  'mod.energy',
  'mod.lab',
  'mod.alarm',
  'mod.material',
  'mod.person',
])
const LABELLED_KINDS: Record<string, string> = { 'mod.label-img': 'mod.image', 'mod.faultlabel': 'mod.ts' }

/** The kind that a labelled kind is made of by labelling; `undefined` for any other. */
export const unlabelledKind = (modality: string): string | undefined => LABELLED_KINDS[modality]

/** Judgements by the kind that is held, then by the kind that is needed: the same few kinds meet in every pair. */
type KnownKinds = Map<string, Map<string, Judgement>>
const known = new WeakMap<Lexicon, KnownKinds>()
const KINDS_MAX = 2_000

/**
 * Whether data of one kind serves a need for another. A narrower kind serves (a line-scan image is an image); a
 * broader name may or may not hold it, so it is asked; some kinds can be converted; the rest must be collected. The same
 * object for the same kinds: nobody may change it.
 */
export function judgeModality(lexicon: Lexicon, held: string, needed: string): Judgement {
  const row = knownRow(lexicon, held)
  const judgement = row.get(needed)
  if (judgement !== undefined) return judgement
  // Kinds in free words never end; those of the lexicon come again by themselves.
  if (row.size >= KINDS_MAX) row.clear()
  const fresh = compareKinds(lexicon, held, needed)
  row.set(needed, fresh)
  return fresh
}

function knownRow(lexicon: Lexicon, held: string): Map<string, Judgement> {
  const rows: KnownKinds = known.get(lexicon) ?? new Map<string, Map<string, Judgement>>()
  if (rows.size === 0) known.set(lexicon, rows)
  const row = rows.get(held)
  if (row !== undefined) return row
  if (rows.size >= KINDS_MAX) rows.clear()
  const fresh = new Map<string, Judgement>()
  rows.set(held, fresh)
  return fresh
}

function compareKinds(lexicon: Lexicon, held: string, needed: string): Judgement {
  const values = { need: needed, have: held }
  if (isWithin(lexicon, held, needed)) return accept('modality', values)
  // Pictures or signals become annotated ones by labelling, which the labels row counts.
  const raw = unlabelledKind(needed)
  if (raw !== undefined && isWithin(lexicon, held, raw)) return accept('modality', values)
  const conversion = CONVERSIONS.find(({ from, to }) => isWithin(lexicon, held, from) && isWithin(lexicon, to, needed))
  if (conversion !== undefined) return convert('modality', values, conversion.fix, ['vendor'], conversion.effortDays)
  if (isWithin(lexicon, needed, held)) return ask('modality', values)
  if (held === 'mod.table' && IN_TABLES.has(needed)) return ask('modality', values)
  if (IN_TABLES.has(held) && needed === 'mod.table') return accept('modality', values)
  return lack('modality', values, 'collect', ['factory', 'vendor'], [20, 60], {
    resource: collectingResource(needed),
  })
}

/** Which park resource helps where a kind of data is not held at all. */
export function collectingResource(modality: string): string {
  if (modality === 'mod.robot') return 'rs.traininground'
  return modality.startsWith('mod.image') || modality === 'mod.label-img' ? 'rs.hqdataset' : 'rs.data'
}

/** The row for a need that no dataset serves: asked where the factory has listed nothing, a lack where it has. */
export function missingModality(needed: NeededData, isAnythingHeld: boolean): Judgement {
  const values = { need: needed.modality, have: null }
  if (!isAnythingHeld) return ask('modality', values)
  return lack('modality', values, 'collect', ['factory', 'vendor'], [20, 60], {
    resource: collectingResource(needed.modality),
  })
}

function isWithin(lexicon: Lexicon, narrow: string, broad: string): boolean {
  let at: string | null | undefined = narrow
  while (at) {
    if (at === broad) return true
    at = lexicon.get(at)?.broader
  }
  return false
}

/** Whether data of this kind may hold personal information, by the lexicon's `mayContain` edges. */
export function mayHoldPersonalData(lexicon: Lexicon, modality: string): boolean {
  const kinds = [modality, lexicon.get(modality)?.broader ?? '']
  return kinds.some(kind => lexicon.edges(kind, 'mayContain').some(edge => edge.id === 'dc.pi' || edge.id === 'dc.spi'))
}
