import { and, eq, ne } from 'drizzle-orm'
import { record, type Recording } from '../audit/record.ts'
import { append, finish, isDone } from '../events/outbox.ts'
import { transaction, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { newId } from '../platform/ids.ts'
import { scenarios } from '../scenarios/tables.ts'
import { buildTeam, type Proposal, type Solve } from './build.ts'
import { eventOf, parkOrganisation } from './notify.ts'
import { loadQuestion, NO_WISHES } from './question.ts'
import { type MemberRole, roleOf } from './rules.ts'
import { consortia, consortiumMembers, consortiumBriefs } from './tables.ts'

const WORKER = { kind: 'worker' } as const
const DEADLINE_DAYS = 30

export type AssembleDeps = Pick<Deps, 'db' | 'lexicon'> & Recording & { solve: Solve }

/** Begins a consortium for a scenario that nobody serves alone, unless there is one, and puts its team together. */
export const assembleForScenario = async (
  deps: AssembleDeps,
  job: { eventId: string; scenarioId: string },
): Promise<void> => {
  const consortiumId = await transaction(deps, WORKER, async tx => {
    if (await isDone(tx, job.eventId)) return undefined
    const [scenario] = await tx.select().from(scenarios).where(eq(scenarios.id, job.scenarioId))
    if (scenario?.state !== 'published') return undefined
    const now = deps.clock.now()
    const mine = and(eq(consortia.scenarioId, scenario.id), eq(consortia.origin, 'unserved'))
    const [known] = await tx.select({ id: consortia.id }).from(consortia).where(mine)
    if (known) return known.id
    const id = newId(deps, 'consortium')
    await tx.insert(consortia).values({
      id,
      parkId: scenario.parkId,
      scenarioId: scenario.id,
      ownerId: scenario.organisationId,
      title: scenario.title,
      state: 'assembling',
      mode: 'team',
      origin: 'unserved',
      facets: [],
      deadlineAt: new Date(now.getTime() + DEADLINE_DAYS * 86_400_000),
      version: 1,
      createdAt: now,
      updatedAt: now,
      stateSince: now,
    })
    const brief = { consortiumId: id, parkId: scenario.parkId, ownerId: scenario.organisationId, wishes: NO_WISHES }
    await tx.insert(consortiumBriefs).values(brief)
    await record(tx, deps, WORKER, { action: 'consortium.created', objectId: id, parkId: scenario.parkId })
    return id
  })
  if (consortiumId === undefined) await transaction(deps, WORKER, tx => finish(tx, deps, [job.eventId]))
  else await assembleConsortium(deps, { eventId: job.eventId, consortiumId })
}

/**
 * Puts the team of a consortium together and stores it as its proposal. Of one that is forming already, because somebody
 * declined or left, it also invites whoever takes over. Solving happens outside of any transaction.
 */
export const assembleConsortium = async (
  deps: AssembleDeps,
  job: { eventId: string; consortiumId: string },
): Promise<void> => {
  const question = await transaction(deps, WORKER, async tx => {
    if (await isDone(tx, job.eventId)) return undefined
    const [row] = await tx.select().from(consortia).where(eq(consortia.id, job.consortiumId))
    return row && ASSEMBLED.has(row.state) ? loadQuestion(tx, deps, row) : undefined
  })
  const proposal = question && (await buildTeam(question.problem, deps.solve))
  await transaction(deps, WORKER, async tx => {
    if (question && proposal) await store(tx, deps, job.consortiumId, question, proposal)
    await finish(tx, deps, [job.eventId])
  })
}

const ASSEMBLED: ReadonlySet<string> = new Set(['assembling', 'proposed', 'forming'])
type Question = Awaited<ReturnType<typeof loadQuestion>>

const store = async (tx: Tx, deps: AssembleDeps, id: string, question: Question, proposal: Proposal): Promise<void> => {
  const [row] = await tx.select().from(consortia).where(eq(consortia.id, id)).for('update')
  if (!row || !ASSEMBLED.has(row.state)) return
  const now = deps.clock.now()
  const state = row.state === 'assembling' ? 'proposed' : row.state
  const { facets } = question.problem
  await tx
    .update(consortia)
    .set({
      state,
      facets: [...facets],
      version: row.version + 1,
      updatedAt: now,
      stateSince: state === row.state ? row.stateSince : now,
    })
    .where(eq(consortia.id, id))
  await tx.update(consortiumBriefs).set({ proposal, madeAt: now }).where(eq(consortiumBriefs.consortiumId, id))
  await record(tx, deps, WORKER, { action: 'consortium.proposed', objectId: id, parkId: row.parkId })
  const readers = [row.ownerId, await parkOrganisation(tx, row.parkId)]
  const { team, method, gap } = proposal
  const told = { members: team.members.length, method, gap, uncovered: team.uncovered }
  await append(tx, deps, WORKER, [
    { type: 'consortium.proposed', data: { ...eventOf(row), ...told }, parkId: row.parkId, readers },
  ])
  if (row.state === 'forming') await backfill(tx, deps, row, question, proposal)
}

/** Invites whoever is in the new team and was not asked, and gives the others the facets that they take now. */
const backfill = async (
  tx: Tx,
  deps: AssembleDeps,
  row: typeof consortia.$inferSelect,
  { kinds }: Question,
  { team }: Proposal,
): Promise<void> => {
  const known = await tx.select().from(consortiumMembers).where(eq(consortiumMembers.consortiumId, row.id))
  for (const organisationId of team.members) {
    const facets = team.assignments.filter(({ candidate }) => candidate === organisationId).map(({ facet }) => facet)
    const role = roleOf(kinds.get(organisationId) ?? 'operator')
    if (role === undefined) continue
    if (known.some(member => member.organisationId === organisationId))
      await tx
        .update(consortiumMembers)
        .set({ facets })
        .where(
          and(
            eq(consortiumMembers.consortiumId, row.id),
            eq(consortiumMembers.organisationId, organisationId),
            ne(consortiumMembers.state, 'left'),
          ),
        )
    else await inviteMember(tx, deps, row, { organisationId, role, facets })
  }
}

/** Writes an invitation and tells the invited, in the actor's transaction. */
export const inviteMember = async (
  tx: Tx,
  deps: Recording,
  row: typeof consortia.$inferSelect,
  member: { organisationId: string; role: MemberRole; facets: string[]; isLead?: boolean },
  actor: Parameters<typeof append>[2] = WORKER,
): Promise<void> => {
  const { organisationId, role, facets } = member
  await tx.insert(consortiumMembers).values({
    consortiumId: row.id,
    organisationId,
    parkId: row.parkId,
    role,
    isLead: member.isLead ? 1 : 0,
    state: 'invited',
    facets,
    invitedAt: deps.clock.now(),
  })
  await record(tx, deps, actor, { action: 'consortium.invited', objectId: row.id, parkId: row.parkId })
  const data = { ...eventOf(row), organisationId, role, facets, deadlineAt: row.deadlineAt.toISOString() }
  await append(tx, deps, actor, [{ type: 'consortium.invited', data, parkId: row.parkId, readers: [organisationId] }])
}
