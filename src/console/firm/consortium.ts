import type { readConsortium, listAnswers } from '../../consortia/queries.ts'
import type { Lexicon } from '../../engine/lexicon/lexicon.ts'
import type { Language } from '../../engine/types.ts'
import type { AnyForm } from '../forms.ts'
import { namesIn } from '../texts.ts'

type Consortium = Awaited<ReturnType<typeof readConsortium>>
type Answer = Awaited<ReturnType<typeof listAnswers>>['items'][number]

/** Every organisation that a page of a consortium names. */
export const partiesOf = ({ members, proposal, charter }: Consortium, answers: readonly Answer[]): string[] => [
  ...new Set([
    ...members.map(({ organisationId }) => organisationId),
    ...(proposal ? [proposal.team, ...proposal.alternatives].flatMap(team => team.members) : []),
    ...(charter ? [charter.proposedById, ...charter.shares.map(({ organisationId }) => organisationId)] : []),
    ...answers.map(({ organisationId }) => organisationId),
  ]),
]

type Voice = { names: ReadonlyMap<string, string>; language: Language; lexicon: Lexicon }

/** The proof of a team as the page shows it: who covers which facet how well, what each one adds, and the next best teams. */
export const tellTeam = (consortium: Consortium, voice: Voice) => {
  const { proposal, facets } = consortium
  // Who may not see the proposal sees of each member what it has taken on.
  const team = proposal?.team ?? {
    members: consortium.members.map(({ organisationId }) => organisationId),
    assignments: consortium.members.flatMap(({ organisationId, facets: taken }) =>
      taken.map(facet => ({ facet, candidate: organisationId, quality: undefined })),
    ),
    uncovered: [],
  }
  const weights = new Map(facets.map(({ id, weight }) => [id, weight]))
  const ids = [
    ...new Set([...facets.map(({ id }) => id), ...team.assignments.map(({ facet }) => facet), ...team.uncovered]),
  ]
  const nameOf = (id: string) => voice.names.get(id) ?? namesIn(voice.language).party.hidden
  const facetOf = (id: string) => nameFacet(id, voice)
  return {
    nameOf,
    facetOf,
    columns: team.members.map(id => ({ id, name: nameOf(id) })),
    matrix: ids.map(id => ({
      name: facetOf(id),
      weight: weights.get(id),
      isUncovered: !team.assignments.some(({ facet }) => facet === id),
      cells: team.members.map(member =>
        team.assignments.find(({ facet, candidate }) => facet === id && candidate === member),
      ),
    })),
    contributions: proposal?.contributions ?? [],
    alternatives: (proposal?.alternatives ?? []).map(other => ({
      ...other,
      more: other.burden - (proposal?.team.burden ?? 0),
      joins: other.members.filter(id => !team.members.includes(id)),
      leaves: team.members.filter(id => !other.members.includes(id)),
    })),
  }
}

/** A concept by its label, a kind of party and one of the five elements by their names. */
const nameFacet = (id: string, { language, lexicon }: Voice): string => {
  const { kind, element } = namesIn(language)
  const [scheme, ...rest] = id.split('.')
  const code = rest.join('.')
  const names: Record<string, string> = scheme === 'role' ? kind : scheme === 'element' ? element : {}
  return names[code] ?? lexicon.label(id, language)
}

/** The shares of a charter's form, written per cent: `cost.<organisation>` and `result.<organisation>`. */
export const sharesIn = (form: AnyForm) =>
  Object.keys(form)
    .filter(name => name.startsWith('cost.'))
    .map(name => name.slice('cost.'.length))
    .map(organisationId => ({
      organisationId,
      cost: Math.round(Number(form[`cost.${organisationId}`]) * 100),
      result: Math.round(Number(form[`result.${organisationId}`] ?? 0) * 100),
    }))
