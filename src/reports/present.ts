import type { Lexicon } from '../engine/lexicon/lexicon.ts'
import { FIELD_NAMES } from '../engine/render/words.ts'
import type { Language } from '../engine/types.ts'
import { LADDER_STATES, MATCH_STATES, STATE_NAMES } from '../matching/rules.ts'
import { OUTCOME_STATES } from '../matching/tables.ts'
import { FOCUS_TIERS } from '../parks/focus.ts'
import { ELEMENTS } from '../resources/tables.ts'
import { concentrationOf, percentOf } from './concentration.ts'
import { dayIn } from '../platform/clock.ts'
import { addressOf, type FigureName, type Narrowing } from './figures.ts'
import type { Numbers } from './queries.ts'
import { presentResourceUses, type ResourceUses } from './resource-use.ts'
import { type Report, REPORTED_STATES } from './schemas.ts'
import type { Scope } from './scope.ts'
import { judgeTarget, type TargetRow } from './targets.ts'

export type Found = Numbers & { resourceUses: ResourceUses; targets: (TargetRow & { actual: number })[] }
type Words = { lexicon: Lexicon; language: Language }
const TOP_VENDORS = 20

/** The numbers with names in the reader's language, shares, and the address of what stands behind each. */
export const presentReport = (found: Found, scope: Scope, words: Words): Report => {
  const figure = (count: number, name: FigureName, narrowing: Narrowing = {}) => ({
    count,
    url: addressOf(scope, name, narrowing),
  })
  return {
    parkId: scope.park.id,
    at: scope.now.toISOString(),
    timeZone: scope.park.timeZone,
    period: scope.period,
    threshold: scope.settings.matchThreshold,
    shortlistMax: scope.settings.shortlistMax,
    scenarios: presentDemand(found, figure),
    funnel: presentFunnel(found, figure, words.language),
    matches: MATCH_STATES.map((state, i) => ({
      ...figure(found.matchStates[i] ?? 0, 'matches.state', { state }),
      state,
      label: STATE_NAMES[state][words.language],
    })),
    targets: found.targets.map(target => presentTarget(target, scope, figure)),
    ...presentMap(found, figure, words),
    unserved: found.unserved.map(row => presentListed(row, scope, words)),
    priorities: found.priorities.map(row => presentListed(row, scope, words)),
    focus: scope.settings.focus,
    idleSupply: { ...figure(found.idle.count, 'capabilities.idle'), items: found.idle.items },
    dataGaps: found.dataGaps.map(row => presentGap(row, figure, words)),
    exposure: presentExposure(found, figure),
    responses: found.asked.map(({ side, answered, silent, ...times }) => ({
      side,
      ...times,
      answered: figure(answered, 'moves.answered', { side }),
      silent: figure(silent, 'moves.silent', { side }),
      silentPercent: percentOf(silent, answered + silent),
    })),
    silentOrganisations: found.silentOnes.map(row => ({ ...row, side: row.side === 'factory' ? 'factory' : 'vendor' })),
    outcomes: OUTCOME_STATES.map(state => ({
      ...figure(found.outcomes.find(row => row.state === state)?.count ?? 0, 'outcomes.state', { state }),
      state,
    })),
    resources: ELEMENTS.map(element => ({
      element,
      count: found.resources.find(row => row.element === element)?.count ?? 0,
      url: `/v1/resources?${new URLSearchParams({ parkId: scope.park.id, element }).toString()}`,
    })),
    resourceUse: presentResourceUses(found.resourceUses, scope, words.language),
  }
}

type MakeFigure = (count: number, name: FigureName, narrowing?: Narrowing) => { count: number; url: string }

const presentDemand = ({ byState, demand }: Found, figure: MakeFigure): Report['scenarios'] => ({
  byState: REPORTED_STATES.map(state => ({
    ...figure(byState.find(row => row.state === state)?.count ?? 0, 'scenarios.state', { state }),
    state,
  })),
  published: figure(demand.published, 'scenarios.published'),
  scored: figure(demand.scored, 'scenarios.scored'),
  matched: figure(demand.matched, 'scenarios.matched'),
  unserved: figure(demand.unserved, 'scenarios.unserved'),
})

const STEP_NAMES = {
  published: { zh: '已发布', en: 'published' },
  matched: { zh: '有匹配', en: 'matched' },
}

const presentFunnel = (
  { funnel, left, waiting, matchStates }: Found,
  figure: MakeFigure,
  language: Language,
): Report['funnel'] => {
  const first = [
    {
      stage: 'published' as const,
      label: STEP_NAMES.published[language],
      scenarios: figure(funnel.published, 'scenarios.ever'),
    },
    {
      stage: 'matched' as const,
      label: STEP_NAMES.matched[language],
      scenarios: figure(funnel.near, 'scenarios.near'),
    },
  ]
  // Everything that is scored is proposed, matched or not: from here on only what people did is a step.
  const later = LADDER_STATES.slice(1).map((stage, i) => ({
    stage,
    label: STATE_NAMES[stage][language],
    scenarios: figure(funnel.scenarios[i + 1] ?? 0, 'scenarios.reached', { state: stage }),
  }))
  const pairs = LADDER_STATES.map((stage, i) => ({
    stage,
    label: STATE_NAMES[stage][language],
    matches: figure(funnel.matches[i] ?? 0, 'matches.reached', { state: stage }),
  }))
  return {
    scenarios: withShares([...first, ...later], step => step.scenarios.count),
    matches: withShares(pairs, step => step.matches.count),
    stages: LADDER_STATES.slice(0, 7).map((stage, i) => {
      const times = left.find(row => row.state === stage)
      const now = waiting.find(row => row.state === stage)
      return {
        stage,
        label: STATE_NAMES[stage][language],
        left: figure(times?.count ?? 0, 'moves.left', { state: stage }),
        medianHours: times?.medianHours ?? null,
        p90Hours: times?.p90Hours ?? null,
        waiting: figure(matchStates[i] ?? 0, 'matches.state', { state: stage }),
        waitingMedianHours: now?.medianHours ?? null,
        waitingLongestHours: now?.longestHours ?? null,
      }
    }),
  }
}

const withShares = <T>(steps: T[], countOf: (step: T) => number) =>
  steps.map((step, i) => {
    const before = steps[i - 1]
    const [first] = steps
    return {
      ...step,
      ofPrevious: before === undefined ? null : percentOf(countOf(step), countOf(before)),
      ofFirst: first === undefined || i === 0 ? null : percentOf(countOf(step), countOf(first)),
    }
  })

const presentTarget = ({ source, actual, ...target }: Found['targets'][number], scope: Scope, figure: MakeFigure) => {
  const today = dayIn(scope.park.timeZone, scope.now)
  return {
    ...target,
    parkId: scope.park.id,
    ...(source === null ? {} : { source }),
    ...judgeTarget(target, actual, today),
    actual: figure(actual, 'target', { targetId: target.id }),
  }
}

const presentMap = (
  found: Found,
  figure: MakeFigure,
  words: Words,
): Pick<Report, 'byProblem' | 'byIndustry' | 'map'> => {
  const served = (row: { demand: number; matched: number; landed: number }, narrowing: Narrowing) => ({
    demand: figure(row.demand, 'scenarios.published', narrowing),
    matched: figure(row.matched, 'scenarios.matched', narrowing),
    landed: figure(row.landed, 'scenarios.reached', { state: 'landed', ...narrowing }),
  })
  return {
    byProblem: found.byProblem.map(row => ({
      ...nameOf(row.id, words),
      ...served(row, { problem: row.id }),
      supply: figure(row.supply, 'capabilities.offered', { problem: row.id }),
    })),
    byIndustry: found.byIndustry.map(row => ({
      id: row.id,
      label: row.id === null ? null : words.lexicon.label(row.id, words.language),
      ...served(row, { industry: row.id ?? 'none' }),
    })),
    map: found.map.map(row => {
      const narrowing = { industry: row.industry ?? 'none', problem: row.problem }
      return {
        industry: row.industry === null ? { id: null, label: null } : nameOf(row.industry, words),
        problem: nameOf(row.problem, words),
        ...served(row, narrowing),
        supply: figure(row.supply, 'capabilities.offered', narrowing),
      }
    }),
  }
}

const nameOf = (id: string, { lexicon, language }: Words) => ({ id, label: lexicon.label(id, language) })

const presentListed = (row: Found['unserved'][number], scope: Scope, words: Words): Report['unserved'][number] => {
  const { industries } = scope.settings.focus
  return {
    id: row.id,
    title: row.title,
    industry: row.industry === null ? null : nameOf(row.industry, words),
    problems: row.problems.map(id => nameOf(id, words)),
    bestTotal: row.best,
    publishedAt: new Date(row.publishedAt).toISOString(),
    order: {
      tier: FOCUS_TIERS.find(tier => row.industry !== null && industries[tier].includes(row.industry)) ?? null,
      addition: row.addition,
      place: row.place,
      placeWithout: row.placeWithout,
    },
  }
}

const presentGap = (row: Found['dataGaps'][number], figure: MakeFigure, words: Words): Report['dataGaps'][number] => {
  const { field } = row
  return {
    field,
    label: FIELD_NAMES[field][words.language],
    scenarios: figure(row.scenarios, 'scenarios.gap', { field }),
    required: figure(row.required, 'scenarios.gap_required', { field }),
    forbidden: figure(row.forbidden, 'scenarios.gap_forbidden', { field }),
    unlocks: figure(row.unlocks, 'scenarios.gap_only', { field }),
    needs: row.needs.map(need => ({
      ...nameOf(need.id, words),
      scenarios: figure(need.scenarios, 'scenarios.gap', { field, need: need.id }),
    })),
    resourceKinds: row.kinds.map(id => nameOf(id, words)),
  }
}

const presentExposure = ({ vendors }: Found, figure: MakeFigure): Report['exposure'] => {
  const spread = concentrationOf(vendors)
  return {
    ...spread,
    top: vendors.slice(0, TOP_VENDORS).map(({ id, name, count }) => ({
      id,
      name,
      shown: figure(count, 'matches.shown', { vendorId: id }),
      percent: percentOf(count, spread.total),
    })),
  }
}
