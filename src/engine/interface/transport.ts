import type { HeldData, NeededData } from '../features/resolved.ts'
import { FRESHNESSES } from '../types.ts'
import { accept, ask, convert, type Judgement, lack } from './judgement.ts'

/** Formats that are turned into each other with known tools; converting within a family takes days, not weeks. */
const FORMAT_FAMILIES: { formats: string[]; effortDays: [number, number] }[] = [
  { formats: ['fmt.jpg', 'fmt.tiff', 'fmt.diconde'], effortDays: [1, 3] },
  {
    formats: ['fmt.csv', 'fmt.xlsx', 'fmt.parquet', 'fmt.json', 'fmt.xml', 'fmt.sql', 'fmt.tsdb', 'fmt.hdf5'],
    effortDays: [1, 5],
  },
  { formats: ['fmt.step', 'fmt.iges'], effortDays: [1, 5] },
  { formats: ['fmt.dwg', 'fmt.pdf'], effortDays: [3, 15] },
  { formats: ['fmt.docx', 'fmt.pdf', 'fmt.json', 'fmt.xml'], effortDays: [2, 8] },
  { formats: ['fmt.coco', 'fmt.json', 'fmt.xml', 'fmt.csv'], effortDays: [1, 4] },
  { formats: ['fmt.rosbag', 'fmt.hdf5', 'fmt.csv'], effortDays: [2, 8] },
  { formats: ['fmt.pcd', 'fmt.step', 'fmt.iges'], effortDays: [2, 10] },
]
/** One way only: frames out of a film, a picture of a page, a drawing from a model, a description beside any data. */
const ONE_WAY: { from: string; to: string; effortDays: [number, number] }[] = [
  { from: 'fmt.video', to: 'fmt.jpg', effortDays: [1, 3] },
  { from: 'fmt.pdf', to: 'fmt.jpg', effortDays: [1, 2] },
  { from: 'fmt.step', to: 'fmt.dwg', effortDays: [1, 5] },
  { from: 'fmt.dwg', to: 'fmt.jpg', effortDays: [1, 2] },
  { from: 'fmt.xlsx', to: 'fmt.docx', effortDays: [1, 3] },
  { from: 'fmt.gcode', to: 'fmt.csv', effortDays: [2, 8] },
]
/** Formats that describe data and can be written beside any other. */
const DESCRIPTIONS = new Set(['fmt.croissant', 'fmt.dcat', 'fmt.aas'])

/** Whether a stated file format can be read, or made, from those that are held. */
export function judgeFormat(held: HeldData, needed: NeededData): Judgement | undefined {
  const need = needed.formats
  if (need === undefined) return undefined
  const have = held.formats
  if (have === undefined) return ask('format', { need, have: null })
  if (need.some(format => have.includes(format))) return accept('format', { need, have })
  const effort = cheapestConversion(have, need)
  if (effort !== undefined) return convert('format', { need, have }, 'convertFormat', ['vendor'], effort)
  return lack('format', { need, have }, 'digitise', ['factory', 'vendor'], [10, 40])
}

function cheapestConversion(have: string[], need: string[]): [number, number] | undefined {
  const efforts: [number, number][] = []
  for (const { formats, effortDays } of FORMAT_FAMILIES) {
    if (have.some(f => formats.includes(f)) && need.some(f => formats.includes(f))) efforts.push(effortDays)
  }
  for (const { from, to, effortDays } of ONE_WAY) if (have.includes(from) && need.includes(to)) efforts.push(effortDays)
  if (need.some(format => DESCRIPTIONS.has(format))) efforts.push([1, 3])
  return efforts.sort((a, b) => a[0] + a[1] - b[0] - b[1])[0]
}

/** Protocols that speak for a more general one. */
const SPEAKS_FOR: Record<string, string[]> = {
  'proto.opcua': ['proto.opcmv', 'proto.opcrobot'],
  'proto.mqtt': ['proto.sparkplug'],
}
const BY_HAND = new Set(['proto.none', 'proto.file'])

/** Whether the vendor's connector reaches the data; a gateway translates between machine protocols. */
export function judgeProtocol(held: HeldData, needed: NeededData): Judgement | undefined {
  const need = needed.protocols
  if (need === undefined) return undefined
  const have = held.protocols
  if (have === undefined) return ask('protocol', { need, have: null })
  const served = need.some(
    protocol => have.includes(protocol) || (SPEAKS_FOR[protocol] ?? []).some(narrow => have.includes(narrow)),
  )
  if (served) return accept('protocol', { need, have })
  // Files can always be dropped where there is an interface, and a vendor that takes files needs no connector.
  if (need.includes('proto.file')) return convert('protocol', { need, have }, 'export', ['factory'], [1, 5])
  const values = { need, have }
  if (have.every(protocol => protocol === 'proto.none'))
    return convert('protocol', values, 'addGateway', ['vendor', 'park'], [10, 40])
  const effort: [number, number] = have.every(protocol => BY_HAND.has(protocol)) ? [5, 20] : [3, 12]
  return convert('protocol', values, 'addGateway', ['vendor'], effort)
}

/** Whether new data arrives often enough. A running source can be read more often; a dead one must first be connected. */
export function judgeFreshness(held: HeldData, needed: NeededData): Judgement | undefined {
  const need = needed.freshnessMin
  if (need === undefined) return undefined
  const have = held.freshness
  if (have === undefined) return ask('freshness', { need, have: null })
  if (FRESHNESSES.indexOf(have) <= FRESHNESSES.indexOf(need)) return accept('freshness', { need, have })
  const values = { need, have }
  const protocols = held.protocols ?? []
  const isOffline =
    held.storage === 'paper' || (protocols.length > 0 && protocols.every(protocol => protocol === 'proto.none'))
  if (isOffline) return lack('freshness', values, 'addGateway', ['factory', 'vendor'], [10, 40])
  if (need === 'live' || need === 'hourly')
    return convert('freshness', values, 'addGateway', ['vendor', 'factory'], [3, 15])
  return convert('freshness', values, 'schedule', ['factory'], [1, 5])
}

/** Data on paper or locked in a machine must first come out; what is exported or documented is ready. */
export function judgeStorage(held: HeldData): Judgement | undefined {
  const have = held.storage
  if (have === undefined) return undefined
  const values = { need: 'exported', have }
  if (have === 'paper') return convert('storage', values, 'digitise', ['factory', 'park'], [10, 40], 'rs.labelbase')
  if (have === 'inSystem') return convert('storage', values, 'export', ['factory'], [1, 5])
  return accept('storage', values)
}
