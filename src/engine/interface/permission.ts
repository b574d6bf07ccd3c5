import type { HeldData, NeededData } from '../features/resolved.ts'
import type { Lexicon } from '../lexicon/lexicon.ts'
import { ACCESS_MODES, type AccessMode, DATA_REACHES, type DataReach } from '../types.ts'
import { accept, ask, convert, forbid, type Judgement, lack } from './judgement.ts'
import { mayHoldPersonalData } from './modality.ts'

/** Where data goes under each deployment form (DOMAIN.md §6, last line). Public SaaS and APIs satisfy nothing by default. */
const DEPLOYMENT_REACH: Record<string, DataReach> = {
  'dp.edge': 'site',
  'dp.onprem': 'site',
  'dp.airgap': 'site',
  'dp.appliance': 'site',
  'dp.embedded': 'site',
  'dp.parkcloud': 'park',
  'dp.privcloud': 'mainland',
  'dp.hybrid': 'mainland',
  'dp.public': 'abroad',
  'dp.api': 'abroad',
}

/** The narrowest place to which a vendor moves data under the forms it offers; `undefined` where it states none. */
export function narrowestReach(deployments: readonly string[] | undefined): DataReach | undefined {
  let best: number | undefined
  for (const deployment of deployments ?? []) {
    const reach = DEPLOYMENT_REACH[deployment]
    if (reach === undefined) continue
    const rank = DATA_REACHES.indexOf(reach)
    best = best === undefined ? rank : Math.min(best, rank)
  }
  return best === undefined ? undefined : DATA_REACHES[best]
}

/** How far the law lets a dataset travel: industrial level 3 and core data stay in the plant, important data in China. */
export function lawfulReach(held: Pick<HeldData, 'grade' | 'industrialLevel'>): DataReach | undefined {
  if (held.industrialLevel === 3 || held.grade === 'core') return 'site'
  return held.grade === 'important' ? 'mainland' : undefined
}

/** How far a dataset may travel: the owner's word (the dataset's own, else the scenario's), never wider than the law. */
export function allowedReach(held: HeldData, scenarioReach: DataReach | undefined): DataReach | undefined {
  const wish = held.reach ?? scenarioReach
  const law = lawfulReach(held)
  if (wish === undefined || law === undefined) return wish ?? law
  return DATA_REACHES.indexOf(law) < DATA_REACHES.indexOf(wish) ? law : wish
}

/** What both sides say about where the work is done. */
export type InterfaceContext = { reach?: DataReach; vendorReach?: DataReach }

/** Whether the vendor works no farther from the data than it may travel. */
export function judgeReach(held: HeldData, needed: NeededData, context: InterfaceContext): Judgement | undefined {
  const allowed = allowedReach(held, context.reach)
  if (allowed === undefined) return undefined
  const need = needed.reach ?? context.vendorReach
  const values = { need: need ?? null, have: allowed }
  // A vendor that names no form of deployment can be asked to come; a plant is the only place where it must.
  if (need === undefined)
    return allowed === 'abroad' ? undefined : convert('reach', values, 'deployOnSite', ['vendor'], [3, 15])
  if (DATA_REACHES.indexOf(need) <= DATA_REACHES.indexOf(allowed)) return accept('reach', values)
  const isLaw = lawfulReach(held) === allowed
  return forbid(
    'reach',
    values,
    isLaw ? 'deployOnSite' : 'liftRestriction',
    isLaw ? ['vendor', 'authority'] : ['factory', 'vendor'],
  )
}

/** Whether the vendor can work with the way in which the factory shows its data. */
export function judgeAccess(held: HeldData, needed: NeededData, context: InterfaceContext): Judgement | undefined {
  const have = held.accessMode
  const stated = needed.accessModes
  if (have === 'none') return forbid('access', { need: stated ?? null, have }, 'agreeAccess', ['factory'])
  if (stated === undefined || stated.length === 0) return undefined
  const need = [...stated].sort((a, b) => rank(a) - rank(b))
  if (have === undefined) return ask('access', { need, have: null })
  const values = { need, have }
  if (need.includes(have)) return accept('access', values)
  const isMoreOpen = rank(have) < Math.max(...need.map(rank))
  if (isMoreOpen && need.includes('api') && have === 'download')
    return convert('access', values, 'schedule', ['factory', 'vendor'], [2, 10])
  // Who may copy the data may also look at it in place, or take it with less in it.
  if (isMoreOpen && need.includes('onSite')) return accept('access', values)
  if (isMoreOpen && need.includes('desensitised')) return convert('access', values, 'desensitise', ['factory'], [2, 10])
  if (have === 'onSite' && (needed.reach ?? context.vendorReach) === 'site')
    return convert('access', values, 'deployOnSite', ['vendor'], [3, 15])
  return lack('access', values, 'agreeAccess', ['factory', 'vendor'], [5, 30])
}

const rank = (mode: AccessMode) => ACCESS_MODES.indexOf(mode)

/** Biometric data cannot be masked and stay what it is. */
const PERSONAL_BY_NATURE = new Set(['mod.face'])

/** Whether a vendor that takes no personal information can take this dataset. Absent permission means yes. */
export function judgePersonalData(lexicon: Lexicon, held: HeldData, needed: NeededData): Judgement | undefined {
  if (needed.personalDataAllowed !== false) return undefined
  const byNature = PERSONAL_BY_NATURE.has(held.modality)
  const values = { need: false, have: byNature ? true : (held.personalData ?? null) }
  if (byNature) return forbid('personalData', values, 'agreeAccess', ['vendor', 'factory'])
  if (held.personalData === true) return convert('personalData', values, 'desensitise', ['factory', 'vendor'], [3, 10])
  if (held.personalData === false || !mayHoldPersonalData(lexicon, held.modality))
    return accept('personalData', { ...values, have: false })
  return ask('personalData', values)
}
