import type { Cast } from './cast.ts'
import type { MatchCard, Outcome } from './job.ts'

/** Progress goes to standard error, so that the result alone can be piped. */
export const say = (line: string): void => console.error(`… ${line}`)

const REASONS_SHOWN = 3

/** The result for a person: what was matched, why, which data is missing, and how to try it himself. */
export const printOutcome = (outcome: Outcome, where: { address: string; cast: Cast; receiverUrl: string }): void => {
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
  for (const reason of (match.explanation?.reasons ?? []).slice(0, REASONS_SHOWN)) console.log(`      + ${reason}`)
  const gaps = (match.explanation?.gaps ?? []).filter(gap => gap.verdict !== 'ok')
  const shown = gaps.map(gap => `${gap.field} ${gap.verdict}${gap.fix ? ` → ${gap.fix}` : ''}`)
  console.log(`      数据差距 gaps: ${shown.length > 0 ? shown.join('; ') : 'none'}\n`)
}

const printAddresses = (outcome: Outcome, where: { address: string; cast: Cast }): void => {
  const { address, cast } = where
  console.log(`
API       ${address}/v1        documentation ${address}/docs
factory   ${cast.factory.key}
vendor    ${cast.vendor.key}
park      ${cast.park.key}

try it
  curl -H 'Authorization: Bearer ${cast.factory.key}' ${address}/v1/scenarios/${outcome.scenarioId}/matches
  curl -H 'Authorization: Bearer ${cast.park.key}' ${address}/v1/parks/${cast.parkId}/report
  curl -H 'Authorization: Bearer ${cast.factory.key}' -H 'Content-Type: application/json' ${address}/v1/interpretations \\
    -d '{"text":"冲压件表面划痕靠人工目检，漏检率2%，有2万张未标注图片，数据不能出厂"}'
`)
}
