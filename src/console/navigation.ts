import { isOperator, mayEdit } from '../platform/actor.ts'
import type { TextKey } from './texts.ts'
import type { Visit } from './visit.ts'

export type NavigationItem = { href: string; text: TextKey; isCurrent: boolean }

/** The pages that this reader has something to do on, the first being the one that he lands on. */
export const navigationOf = ({ signedIn, here }: Visit): NavigationItem[] => {
  if (!signedIn) return []
  const { actor } = signedIn
  const items: [string, TextKey][] = []
  const [parkId] = actor.adminParkIds
  if (parkId !== undefined) items.push([`/console/parks/${parkId}`, 'navOverview'])
  if (isOperator(actor)) items.push(['/console/operations', 'navOperations'])
  if (actor.organisationKind !== 'operator') items.push(['/console/decisions', 'navDecisions'])
  items.push(['/console/scenarios', 'navScenarios'])
  if (actor.organisationKind === 'manufacturer' && mayEdit(actor)) items.push(['/console/scenarios/new', 'navPost'])
  items.push(['/console/capabilities', 'navCapabilities'])
  if (actor.organisationKind !== 'operator') {
    items.push(['/console/matches', 'navMatches'], ['/console/endpoints', 'navEndpoints'])
  }
  const path = here.split('?')[0] ?? ''
  const current = items.map(([href]) => href).filter(href => path === href || path.startsWith(`${href}/`))
  const longest = current.sort((a, b) => b.length - a.length)[0]
  return items.map(([href, text]) => ({ href, text, isCurrent: href === longest }))
}
