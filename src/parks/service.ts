import { eq } from 'drizzle-orm'
import type { z } from 'zod'
import { type Recording, record } from '../audit/record.ts'
import { readPark } from '../identity/service.ts'
import { administers, isOperator, type Member } from '../platform/actor.ts'
import { transaction, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { forbidden } from '../platform/errors.ts'
import type { ParkSettingsChange } from './schemas.ts'
import { DEFAULT_REMINDER_DAYS, DEFAULT_STAGE_DAYS, type Stage, type StageDays } from './stages.ts'
import { parkSettings } from './tables.ts'

/** What holds in a park until its administration decides otherwise. The threshold is of 10,000. */
export const DEFAULT_SETTINGS = { matchThreshold: 4_500, shortlistMax: 10 } as const

export type Settings = { matchThreshold: number; shortlistMax: number; stageDays: StageDays; reminderDays: number }

/** The settings that hold in a park, for whoever may see them: the park's members and the platform's workers. */
export const settingsOf = async (tx: Tx, parkId: string): Promise<Settings> => {
  const { matchThreshold, shortlistMax, stageDays, reminderDays } = presentSettings(
    parkId,
    await findSettings(tx, parkId),
  )
  return { matchThreshold, shortlistMax, stageDays, reminderDays }
}

/** The settings as a member of the park reads them. @throws 403 for others, 404 for an unknown park */
export const readSettings = async (tx: Tx, actor: Member, parkId: string) => {
  await readPark(tx, parkId)
  const isMember = actor.parkIds.includes(parkId) || actor.adminParkIds.includes(parkId)
  if (!isMember && !isOperator(actor))
    throw forbidden('只有园区成员可以查看园区设置', "Only the park's members read its settings")
  return presentSettings(parkId, await findSettings(tx, parkId))
}

/** Changes what is given and leaves the rest. @throws 403 unless the park's administration asks, 404 */
export const changeSettings = async (
  deps: Recording & Pick<Deps, 'db'>,
  actor: Member,
  parkId: string,
  change: z.infer<typeof ParkSettingsChange>,
) => {
  if (!administers(actor, parkId)) {
    await transaction(deps, actor, tx => readPark(tx, parkId))
    throw forbidden('只有园区管理方可以修改设置', "Only the park's administration changes its settings")
  }
  const updatedAt = deps.clock.now()
  return transaction(deps, actor, async tx => {
    const { stageDays: days, ...rest } = change
    const stageDays = days ? { ...(await settingsOf(tx, parkId)).stageDays, ...given(days) } : undefined
    const changed = { ...rest, ...(stageDays ? { stageDays } : {}), updatedAt }
    const [row] = await tx
      .insert(parkSettings)
      .values({ parkId, ...DEFAULT_SETTINGS, ...changed })
      .onConflictDoUpdate({ target: parkSettings.parkId, set: changed })
      .returning()
    await record(tx, deps, actor, { action: 'park.settings_changed', objectId: parkId, parkId, digests: { change } })
    return presentSettings(parkId, row)
  })
}

type Row = typeof parkSettings.$inferSelect

const given = (days: Partial<Record<Stage, number | undefined>>): Partial<StageDays> =>
  Object.fromEntries(Object.entries(days).filter(([, value]) => value !== undefined))

const findSettings = async (tx: Tx, parkId: string): Promise<Row | undefined> => {
  const [row] = await tx.select().from(parkSettings).where(eq(parkSettings.parkId, parkId))
  return row
}

const presentSettings = (parkId: string, row: Row | undefined) => ({
  parkId,
  matchThreshold: row?.matchThreshold ?? DEFAULT_SETTINGS.matchThreshold,
  shortlistMax: row?.shortlistMax ?? DEFAULT_SETTINGS.shortlistMax,
  stageDays: { ...DEFAULT_STAGE_DAYS, ...row?.stageDays },
  reminderDays: row?.reminderDays ?? DEFAULT_REMINDER_DAYS,
  ...(row ? { updatedAt: row.updatedAt.toISOString() } : {}),
})
