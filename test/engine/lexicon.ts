import { loadLexicon } from '../../src/platform/lexicon.ts'

/** The product's own lexicon, all its files. */
export const lexicon = loadLexicon()
