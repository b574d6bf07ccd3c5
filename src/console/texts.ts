import type { Bilingual, Language } from '../engine/types.ts'
import { DESK_TEXTS } from './desk/texts.ts'
import { FIRM_NAMES, FIRM_TEXTS } from './firm/texts.ts'
import { DESK_NAMES } from './texts/desk-names.ts'
import { FIELD_TEXTS } from './texts/fields.ts'
import { NAMES } from './texts/names.ts'
import { PAGE_TEXTS } from './texts/pages.ts'

/** Every text of the console in both languages. A template that asks for one that is not here fails a test. */
export const TEXTS = { ...PAGE_TEXTS, ...FIRM_TEXTS, ...DESK_TEXTS } as const
export type TextKey = keyof typeof TEXTS
export type FieldName = keyof typeof FIELD_TEXTS.field

const GROUPS = { ...NAMES, ...FIRM_NAMES, ...DESK_NAMES, ...FIELD_TEXTS }
type Groups = typeof GROUPS
type In<Group> = { [Key in keyof Group]: string }

const inLanguage = <Group extends Record<string, Bilingual>>(group: Group, language: Language): In<Group> =>
  Object.fromEntries(Object.entries(group).map(([key, text]) => [key, text[language]])) as In<Group>

const allNames = (language: Language) =>
  Object.fromEntries(Object.entries(GROUPS).map(([name, group]) => [name, inLanguage(group, language)])) as {
    [Name in keyof Groups]: In<Groups[Name]>
  }

const texts = { zh: inLanguage(TEXTS, 'zh'), en: inLanguage(TEXTS, 'en') }
const names = { zh: allNames('zh'), en: allNames('en') }

export const textsIn = (language: Language) => texts[language]
/** Names of codes: states, sides, reasons, fields. */
export const namesIn = (language: Language) => names[language]
