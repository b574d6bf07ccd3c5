import { loadLexicon } from '../../platform/lexicon.ts'
import { findLexiconProblems } from './problems.ts'

/** Command: checks the lexicon's files, prints what is wrong and fails if anything is. */
const lexicon = loadLexicon()
const problems = findLexiconProblems(lexicon)
for (const problem of problems) console.error(problem)
console.log(
  `${lexicon.version}: ${lexicon.concepts.length} concepts, ${lexicon.vocabulary.size} words, ${problems.length} problems`,
)
process.exitCode = problems.length > 0 ? 1 : 0
