import type { Role } from '../../src/platform/actor.ts'
import type { LightMyRequestResponse } from 'fastify'
import { readDocument } from '../../bench/fuzz/document.ts'
import { leaksTo, type Name, textOf } from './canaries.ts'
import type { World } from './cast.ts'
import type { Principal } from './principals.ts'
import { CONSOLE_RULES } from './console-rules.ts'
import { FIRM_RULES } from './firm-rules.ts'
import { RULES } from './route-rules.ts'
import type { Place, Rule } from './rule.ts'

const RANK: Record<Role, number> = { reader: 0, editor: 1, owner: 2 }
const REFUSED = [401, 403, 404]
/** Who stands in the other park where somebody stands in this one. */
const MIRROR: Partial<Record<Name, Name>> = { PA: 'PB', F: 'H', G: 'H', V0: 'W', V1: 'W', V2: 'W', U: 'W' }

export const ALL_RULES: Record<string, Rule> = { ...RULES, ...FIRM_RULES, ...CONSOLE_RULES }

/** Whether the rule lets somebody through, on the thing of the cast or on another place. */
export const mayUse = (rule: Rule, place: Place | undefined, principal: Principal): boolean => {
  const who = place?.who ?? rule.who
  if (who === 'open') return true
  if (principal.organisation === undefined) return false
  if ((who === 'person' || rule.isPersonal === true) && !principal.isPerson) return false
  const isNamed = who === 'everyone' || who === 'person' || who.includes(principal.organisation)
  return isNamed && RANK[principal.role] >= RANK[rule.from ?? 'reader']
}

const swap = (who: Rule['who'], by: Partial<Record<Name, Name>>): Place['who'] =>
  Array.isArray(who) ? [...new Set(who.map(name => by[name] ?? name))] : 'everyone'
const onlyFactory = (who: Rule['who']): Name[] => (!Array.isArray(who) || who.includes('F') ? ['F'] : [])

/**
 * The other things that a route is tried on: a match and a capability of each stage of disclosure, a scenario with fields
 * moved up, a draft, the other park. Who may follows from the rule and from where each stands.
 */
export const placesOf = (route: string): Place[] => {
  const rule = ALL_RULES[route]
  if (!rule || rule.who === 'open' || rule.who === 'person') return []
  const own = rule.places ?? []
  const names = [...route.matchAll(/[{:](\w+)/g)].map(([, name = '']) => name)
  const ofStage = (parameter: string, object: string): Place[] =>
    names.includes(parameter)
      ? ([0, 1] as const).map(stage => ({
          ids: { [parameter]: `${object}${stage}Id` },
          // What all vendors of the park may read, they may read of each other.
          who: swap(rule.who, rule.who.includes(`V${stage}`) ? {} : { V2: `V${stage}` }),
        }))
      : []
  // What those who may do with these would change them for the tries that come after.
  const isQuiet = !route.startsWith('GET')
  const ofScenario: Place[] = names.includes('scenarioId')
    ? [
        { ids: { scenarioId: 'movedId' }, who: swap(rule.who, {}), isQuiet },
        { ids: { scenarioId: 'draftId' }, who: onlyFactory(rule.who), isQuiet },
      ]
    : []
  const isMirrored = names.includes('parkId') && names.length === 1
  return [
    ...own,
    ...ofStage('matchId', 'match'),
    ...ofStage('capabilityId', 'capability'),
    ...ofScenario,
    ...(isMirrored ? [{ ids: { parkId: 'parkBId' }, who: swap(rule.who, MIRROR) }] : []),
  ]
}

export type Answer = { statusCode: number; text: string; isRefusal: boolean; leaks: string[] }

/** Asks as somebody, and looks for what he may not read in the whole answer, unpacked if it is packed. */
export const ask = async (
  world: World,
  route: string,
  principal: Principal,
  more: { ids?: Record<string, string> | undefined; query?: string } = {},
): Promise<Answer> => {
  const [method = '', path = ''] = route.split(' ')
  const rule = ALL_RULES[route]
  const idOf = (name: string) => world.ids[more.ids?.[name] ?? name] ?? nobodysId(method, path, name)
  const needed = typeof rule?.query === 'function' ? rule.query(world) : rule?.query
  const asked: string[] = []
  const url = path.replace(/\{(\w+)\}|:(\w+)/g, (_, braced: string | undefined, colon: string) => {
    const id = idOf(braced ?? colon)
    asked.push(id)
    return id
  })
  const body = typeof rule?.body === 'function' ? rule.body(world) : rule?.body
  const answer = await world.app.inject({
    method: method as 'GET',
    url: url + (more.query ?? needed ?? ''),
    headers: {
      ...principal.headers,
      ...(rule?.contentType === undefined ? {} : { 'content-type': rule.contentType }),
      ...(method === 'PATCH' ? { 'if-match': '"0"' } : {}),
    },
    ...(body === undefined ? {} : { payload: body }),
    ...(rule?.isStream ? { payloadAsStream: true } : {}),
  })
  const text = await textOf(
    rule?.isStream ? await readFirst(answer) : answer.rawPayload,
    String(answer.headers['content-type'] ?? ''),
  )
  const toSignIn = (answer.headers['location'] ?? '').startsWith('/console/sign-in')
  const isRefusal = REFUSED.includes(answer.statusCode) || toSignIn
  // A refusal may repeat the id that was asked for: who asks knows it already.
  const said = isRefusal
    ? asked.reduce((left, id) => left.replaceAll(id, ''), `${text}${JSON.stringify(answer.headers)}`)
    : `${text}${JSON.stringify(answer.headers)}`
  return { statusCode: answer.statusCode, text, isRefusal, leaks: leaksTo(principal.organisation, said) }
}

/** A page to its end; of events the first ones, and then the reader goes away. */
const readFirst = async (answer: LightMyRequestResponse): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of answer.stream()) {
    chunks.push(Buffer.from(chunk as Uint8Array))
    if (String(answer.headers['content-type']).startsWith('text/event-stream')) break
  }
  answer.raw.res.destroy()
  return Buffer.concat(chunks)
}

/** An id of the form that a path asks for, of nothing that there is: so the right to it is asked, and not its form. */
const nobodysId = (method: string, path: string, name: string): string => {
  const parameters = readDocument().paths[path]?.[method.toLowerCase()]?.parameters ?? []
  const pattern = parameters.find(parameter => parameter.name === name)?.schema['pattern']
  const [, prefix = ''] = /^\^([a-z]{3}_)\[/.exec(typeof pattern === 'string' ? pattern : '') ?? []
  return prefix + '0'.repeat(26)
}

const HIDDEN = /^\/(v1\/oidc|docs|openapi|metrics|console\/assets)/

/** Every route that the running API has, as the rules name them: those of the document, and the pages of the console. */
export const listRoutes = (world: World): string[] => {
  const path: string[] = []
  const found: string[] = []
  for (const line of world.app.printRoutes({ commonPrefix: false }).split('\n')) {
    const [, lead, text] = /^([│├└─ ]*)(\S.*)$/.exec(line) ?? []
    if (lead === undefined || text === undefined) continue
    const [, part = '', methods] = /^(\S*)(?: \((.*)\))?$/.exec(text) ?? []
    path.length = lead.length / 4 - 1
    path.push(part)
    for (const method of methods?.split(', ') ?? [])
      if (!/HEAD|OPTIONS/.test(method)) found.push(`${method} ${path.join('')}`)
  }
  return [...new Set(found.map(toDocumented))].filter(route => !HIDDEN.test(route.split(' ')[1] ?? ''))
}

/** The document writes parameters in braces and has no slash at the end; pages keep the colon of the router. */
const toDocumented = (route: string): string => {
  const bare = route.replace(/(\w)\/$/, '$1')
  return / \/v1/.test(route) ? bare.replace(/:(\w+)/g, '{$1}') : bare
}
