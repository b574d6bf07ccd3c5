import { customType, timestamp } from 'drizzle-orm/pg-core'

/** A point in time with its zone, read as a Date. */
export const instant = () => timestamp({ withTimezone: true, mode: 'date', precision: 3 })

export const bytea = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' })

/** A transaction id that never wraps, kept as text outside the database because it has 64 bits. */
export const xid8 = customType<{ data: string; driverData: string }>({ dataType: () => 'xid8' })
