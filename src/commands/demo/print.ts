import type { Cast } from './cast.ts'
import type { SignInLinks } from './people.ts'
import type { MatchCard, Outcome } from './job.ts'

/** Progress goes to standard error, so that the result alone can be piped. */
export const say = (line: string): void => console.error(`… ${line}`)

/** The result for a person: what was matched, why, which data is missing, and how to try it himself. */
export const printOutcome = (
  outcome: Outcome,
  where: { address: string; cast: Cast; receiverUrl: string; links: SignInLinks },
): void => {
  const { matches, delivered } = outcome
  console.log(`\n${outcome.title}  (${outcome.scenarioId})\n`)
  for (const match of matches) printMatch(match, outcome.vendorNames.get(match.vendorId) ?? match.vendorId)
  console.log(
    delivered
      ? `webhook   match.created ${delivered.webhookId} arrived at ${where.receiverUrl}, signature verified (${outcome.deliveries} for this scenario)`
      : 'webhook   nothing verified arrived',
  )
  printAddresses(outcome, where)
}

const printMatch = (match: MatchCard, vendor: string): void => {
  const score = (match.total / 100).toFixed(1).padStart(5)
  console.log(`#${match.rank ?? '-'}  ${score}  ${vendor} · ${match.capabilityTitle ?? ''}`)
  for (const reason of match.explanation?.reasons ?? []) console.log(`      ${reason}`)
  console.log('')
}

const printAddresses = (outcome: Outcome, where: { address: string; cast: Cast; links: SignInLinks }): void => {
  const { address, cast, links } = where
  const match = outcome.matches.find(card => card.vendorId === cast.vendor.organisationId)
  console.log(`
documentation  ${address}/docs

console, each link once:
  park     ${links.park}
  factory  ${links.factory}
  vendor   ${links.vendor}

Paste this into another terminal to try it, and follow the tour in README.md:

export API=${address}/v1
export FACTORY=${cast.factory.key}
export VENDOR=${cast.vendor.key}
export PARK=${cast.park.key}
export PARK_ID=${cast.parkId}
export SCENARIO_ID=${outcome.scenarioId}
export MATCH_ID=${match?.id ?? ''}

curl "$API/scenarios/$SCENARIO_ID/matches?limit=3" -H "Authorization: Bearer $FACTORY"
curl "$API/parks/$PARK_ID/report" -H "Authorization: Bearer $PARK"
`)
}
