import { APPROVAL_TEXTS } from '../texts/approvals.ts'
import { IMPORT_TEXTS } from '../texts/imports.ts'
import { RECORD_TEXTS } from '../texts/records.ts'
import { REPORT_TEXTS } from '../texts/report.ts'
import { ROUND_TEXTS } from '../texts/rounds.ts'
import { SETTING_TEXTS } from '../texts/settings.ts'

/** What the pages say on which a park's administration works. */
export const DESK_TEXTS = {
  ...APPROVAL_TEXTS,
  ...REPORT_TEXTS,
  ...SETTING_TEXTS,
  ...ROUND_TEXTS,
  ...IMPORT_TEXTS,
  ...RECORD_TEXTS,
} as const
