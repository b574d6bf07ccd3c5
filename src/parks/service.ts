import { eq } from 'drizzle-orm'
import type { z } from 'zod'
import { type Recording, record } from '../audit/record.ts'
import type { Lexicon } from '../engine/lexicon/lexicon.ts'
import { append } from '../events/outbox.ts'
import { readPark } from '../identity/service.ts'
import { administers, isOperator, type Member } from '../platform/actor.ts'
import { transaction, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { forbidden, refuseContradictions } from '../platform/errors.ts'
import { type Focus, FOCUS_TIERS, NO_FOCUS } from './focus.ts'
import type { ParkSettingsChange } from './schemas.ts'
import { DEFAULT_REMINDER_DAYS, DEFAULT_STAGE_DAYS, type StageDays } from './stages.ts'
import { parkSettings, type Publication } from './tables.ts'

/** What holds in a park until its administration decides otherwise. The threshold is of 10,000. */
export const DEFAULT_SETTINGS = { matchThreshold: 4_500, shortlistMax: 10 } as const

export type Settings = {
  matchThreshold: number
  shortlistMax: number
  stageDays: StageDays
  reminderDays: number
  focus: Focus
  /** Of 10,000; null where the park has set none. */
  domesticComputeTarget: number | null
}

/** The settings that hold in a park, for whoever may see them: the park's members and the platform's workers. */
export const settingsOf = async (tx: Tx, parkId: string): Promise<Settings> => {
  const { parkId: _, updatedAt: __, ...settings } = presentSettings(parkId, await findSettings(tx, parkId))
  return settings
}

/** Who publishes a scenario in a park. */
export const publicationOf = async (tx: Tx, parkId: string): Promise<Publication> =>
  presentSettings(parkId, await findSettings(tx, parkId)).publication

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
  deps: Recording & Pick<Deps, 'db' | 'lexicon'>,
  actor: Member,
  parkId: string,
  change: z.infer<typeof ParkSettingsChange>,
) => {
  if (!administers(actor, parkId)) {
    await transaction(deps, actor, tx => readPark(tx, parkId))
    throw forbidden('只有园区管理方可以修改设置', "Only the park's administration changes its settings")
  }
  if (change.focus) refuseUnknown(deps.lexicon, change.focus)
  const updatedAt = deps.clock.now()
  return transaction(deps, actor, async tx => {
    const { stageDays: days, ...rest } = change
    const stageDays = days ? { ...(await settingsOf(tx, parkId)).stageDays, ...given(days) } : undefined
    const changed = { ...given(rest), ...(stageDays ? { stageDays } : {}), updatedAt }
    const [row] = await tx
      .insert(parkSettings)
      .values({ parkId, ...DEFAULT_SETTINGS, ...changed })
      .onConflictDoUpdate({ target: parkSettings.parkId, set: changed })
      .returning()
    await record(tx, deps, actor, { action: 'park.settings_changed', objectId: parkId, parkId, digests: { change } })
    // What counts as served, and what is shown, is counted again for every scenario of the park.
    if (change.matchThreshold !== undefined || change.shortlistMax !== undefined)
      await append(tx, deps, actor, [{ type: 'park.settings_changed', data: { parkId }, parkId }])
    return presentSettings(parkId, row)
  })
}

/** @throws 422 for an industry that the lexicon does not know, or one that stands in two tiers */
const refuseUnknown = (lexicon: Lexicon, focus: Focus): void => {
  const named = FOCUS_TIERS.flatMap(tier =>
    focus.industries[tier].map((id, i) => ({ id, pointer: `/focus/industries/${tier}/${i}` })),
  )
  const isWrong = (id: string, at: number) =>
    lexicon.get(id)?.scheme !== 'industry' || named.findIndex(other => other.id === id) !== at
  const wrong = named.filter(({ id }, at) => isWrong(id, at))
  refuseContradictions(
    wrong.map(({ pointer }) => ({ pointer, detail: { zh: '未知或重复的行业', en: 'is unknown, or named twice' } })),
  )
}

type Row = typeof parkSettings.$inferSelect

const given = <T extends object>(values: T) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }

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
  focus: row?.focus ?? NO_FOCUS,
  publication: row?.publication ?? 'author',
  domesticComputeTarget: row?.domesticComputeTarget ?? null,
  ...(row ? { updatedAt: row.updatedAt.toISOString() } : {}),
})
