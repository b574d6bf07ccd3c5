import { COMPANY_NAMES } from '../texts/company-names.ts'
import { COMPANY_TEXTS } from '../texts/company.ts'
import { CONSORTIUM_NAMES } from '../texts/consortium-names.ts'
import { CONSORTIUM_TEXTS } from '../texts/consortia.ts'
import { DEALING_NAMES } from '../texts/dealing-names.ts'
import { DEALING_TEXTS } from '../texts/dealing.ts'
import { EDITING_NAMES, EDITING_TEXTS } from '../texts/editing.ts'
import { JOINING_TEXTS } from '../texts/joining.ts'

/** What the pages of companies say, together. */
export const FIRM_TEXTS = {
  ...JOINING_TEXTS,
  ...COMPANY_TEXTS,
  ...DEALING_TEXTS,
  ...CONSORTIUM_TEXTS,
  ...EDITING_TEXTS,
} as const
export const FIRM_NAMES = { ...COMPANY_NAMES, ...DEALING_NAMES, ...CONSORTIUM_NAMES, ...EDITING_NAMES }
