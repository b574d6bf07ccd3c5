import { COMPANY_NAMES } from '../texts/company-names.ts'
import { COMPANY_TEXTS } from '../texts/company.ts'
import { JOINING_TEXTS } from '../texts/joining.ts'

/** What the pages of companies say, together. */
export const FIRM_TEXTS = { ...JOINING_TEXTS, ...COMPANY_TEXTS } as const
export const FIRM_NAMES = { ...COMPANY_NAMES }
