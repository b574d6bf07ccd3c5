/** One reading of a Chinese word: the word, its English glosses in the dictionary's order. */
export type DictionaryEntry = { word: string; glosses: string[] }

/** A bilingual dictionary as data: optional, named, with its licence kept beside it. */
export type Dictionary = { name: string; entries: readonly DictionaryEntry[] }
