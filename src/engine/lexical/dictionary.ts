/** One reading of a Chinese word with its English glosses, in the dictionary's order. */
export type DictionaryEntry = { word: string; glosses: string[] }

/** A bilingual dictionary as data: optional, and named because its licence asks for it. */
export type Dictionary = { name: string; entries: readonly DictionaryEntry[] }

const LINE = /^\S+ (\S+) \[([^\]]*)\] \/(.*)\/\s*$/
const NO_GLOSS = /^(?:CL:|(?:old |erroneous )?variant of|see |also written|also pr|Taiwan pr|surname )/
const ASIDE = /\([^)]*\)|\[[^\]]*\]|\b(?:sth|sb|esp|fig|lit|abbr)\b\.?/g

/**
 * Reads a dictionary in the CEDICT format ("繁體 简体 [pin1 yin1] /gloss/gloss/"), whatever stands around its lines.
 * Proper names (a reading with a capital letter) and references to other entries are left out.
 */
export function parseCedict(name: string, text: string): Dictionary {
  const entries: DictionaryEntry[] = []
  for (const line of text.split('\n')) {
    const [, word = '', reading = '', senses = ''] = LINE.exec(line) ?? []
    if (word === '' || /[A-Z]/.test(reading[0] ?? '')) continue
    const glosses = senses
      .split(/[/;]/)
      .filter(gloss => !NO_GLOSS.test(gloss.trim()))
      .map(gloss => gloss.replace(ASIDE, ' ').trim())
      .filter(gloss => gloss !== '')
    if (glosses.length > 0) entries.push({ word, glosses })
  }
  return { name, entries }
}
