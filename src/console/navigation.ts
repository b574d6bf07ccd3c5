import { administers, isOperator, mayEdit } from '../platform/actor.ts'
import { POSTING_KINDS } from '../scenarios/service.ts'
import type { TextKey } from './texts.ts'
import type { Visit } from './visit.ts'

/** What is used less often stands behind `more`, so that the whole fits on one line. */
export type NavigationItem = { href: string; text: TextKey; isCurrent: boolean; isMore: boolean }
type Entry = [path: string, text: TextKey, place?: 'more']

/** The pages that this reader has something to do on, the first being the one that he lands on. */
export const navigationOf = ({ signedIn, here }: Visit): NavigationItem[] => {
  if (!signedIn) return []
  const path = here.split('?')[0] ?? ''
  const items = entriesOf(signedIn.actor, parkOf(signedIn.actor, path))
  const current = items.map(([href]) => href).filter(href => path === href || path.startsWith(`${href}/`))
  const longest = current.sort((a, b) => b.length - a.length)[0]
  return items.map(([href, text, place]) => ({ href, text, isCurrent: href === longest, isMore: place === 'more' }))
}

type Reader = NonNullable<Visit['signedIn']>['actor']

/** An administration of several parks stays in the one that it looks at. */
const parkOf = (actor: Reader, path: string): string | undefined => {
  const [, , , named] = path.split('/')
  return actor.adminParkIds.find(id => id === named) ?? actor.adminParkIds[0]
}

const entriesOf = (actor: Reader, parkId: string | undefined): Entry[] => {
  if (parkId !== undefined) return parkEntries(parkId, administers(actor, parkId))
  if (isOperator(actor)) return [['/console/operations', 'navOperations'], ...CATALOGUE]
  const mayPost = POSTING_KINDS.includes(actor.organisationKind) && mayEdit(actor)
  const [scenarios, capabilities] = CATALOGUE
  return [
    ...(actor.organisationKind === 'operator' ? [] : [DECISIONS, INBOX]),
    scenarios,
    ...(mayPost ? [['/console/scenarios/new', 'navPost'] satisfies Entry] : []),
    capabilities,
    ...(actor.organisationKind === 'operator' ? [] : [MATCHES, CONSORTIA, ENDPOINTS]),
  ]
}

const CATALOGUE: [Entry, Entry] = [
  ['/console/scenarios', 'navScenarios'],
  ['/console/capabilities', 'navCapabilities'],
]
const DECISIONS: Entry = ['/console/decisions', 'navDecisions']
const MATCHES: Entry = ['/console/matches', 'navMatches']
const ENDPOINTS: Entry = ['/console/endpoints', 'navEndpoints']
const INBOX: Entry = ['/console/inbox', 'navInbox']
const CONSORTIA: Entry = ['/console/consortia', 'navConsortia']

const parkEntries = (parkId: string, isAdministration: boolean): Entry[] => {
  const at = `/console/parks/${parkId}`
  if (!isAdministration) return [DECISIONS, ...CATALOGUE, MATCHES]
  return [
    [at, 'navOverview'],
    [`${at}/approvals`, 'navApprovals'],
    DECISIONS,
    [`${at}/report`, 'navReport'],
    [`${at}/rounds`, 'navRounds'],
    ...CATALOGUE,
    MATCHES,
    [`${at}/imports`, 'navImports', 'more'],
    [`${at}/runs`, 'navRuns', 'more'],
    [`${at}/resources`, 'navResources', 'more'],
    [`${at}/settings`, 'navSettings', 'more'],
    [`${at}/audit`, 'navAudit', 'more'],
    [CONSORTIA[0], CONSORTIA[1], 'more'],
    [INBOX[0], INBOX[1], 'more'],
    [ENDPOINTS[0], ENDPOINTS[1], 'more'],
  ]
}
