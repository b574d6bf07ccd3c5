import { APPROVAL_TEXTS } from './approvals.ts'
import { IMPORT_TEXTS } from './imports.ts'
import { RECORD_TEXTS } from './records.ts'
import { REPORT_TEXTS } from './report.ts'
import { ROUND_TEXTS } from './rounds.ts'
import { SETTING_TEXTS } from './settings.ts'

/** Page by page. */
export const DESK_CATALOGUES = [
  APPROVAL_TEXTS,
  REPORT_TEXTS,
  SETTING_TEXTS,
  ROUND_TEXTS,
  IMPORT_TEXTS,
  RECORD_TEXTS,
] as const

/** What the pages say on which a park's administration works. */
export const DESK_TEXTS = {
  ...APPROVAL_TEXTS,
  ...REPORT_TEXTS,
  ...SETTING_TEXTS,
  ...ROUND_TEXTS,
  ...IMPORT_TEXTS,
  ...RECORD_TEXTS,
} as const
