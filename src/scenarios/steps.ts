import type { AuditAction } from '../audit/actions.ts'
import { type Recording, record } from '../audit/record.ts'
import { append, type NewEvent } from '../events/outbox.ts'
import { readPark } from '../identity/service.ts'
import type { Actor } from '../platform/actor.ts'
import type { Tx } from '../platform/db.ts'
import type { Step, StepTaken } from './rules.ts'

const RECORDED = {
  publish: 'scenario.published',
  submit: 'scenario.submitted',
  approve: 'scenario.approved',
  return: 'scenario.returned',
  withdraw: 'scenario.withdrawn',
  expire: 'scenario.expired',
} as const satisfies Record<Step, AuditAction>

/** The steps between author and park, which each of them wants to hear of. */
const TOLD = {
  submit: 'scenario.submitted',
  approve: 'scenario.approved',
  return: 'scenario.returned',
} as const

/** Records a step that was taken, tells matching what it follows, and tells author and park what concerns both. */
export const tellStep = async (
  tx: Tx,
  deps: Recording,
  actor: Actor,
  scenario: { id: string; parkId: string; organisationId: string },
  { step, event }: { step: Step; event: StepTaken['event'] },
): Promise<void> => {
  const { id, parkId, organisationId } = scenario
  await record(tx, deps, actor, { action: RECORDED[step], objectId: id, parkId })
  const told: NewEvent[] = event ? [{ type: event, data: { scenarioId: id }, parkId }] : []
  if (step === 'submit' || step === 'approve' || step === 'return') {
    const readers = [organisationId, (await readPark(tx, parkId)).organisationId]
    told.push({ type: TOLD[step], data: { scenarioId: id, parkId }, parkId, readers })
  }
  await append(tx, deps, actor, told)
}
