import type { ConceptTerm } from './terms.ts'

/** Terms by their tokens, as a hash table over (node, token) in typed arrays: one step costs a few nanoseconds. */
export type Trie = {
  /** Number of a token that occurs in some term; undefined for all others. */
  tokenId(token: string): number | undefined
  /** Node after reading a token, or -1 where no term goes on so. The root is 0. */
  step(node: number, token: number): number
  /** The terms that end at a node. */
  termsAt(node: number): readonly ConceptTerm[]
}

export function buildTrie(terms: readonly ConceptTerm[]): Trie {
  const vocabulary = new Map<string, number>()
  for (const term of terms) {
    for (const token of term.tokens) if (!vocabulary.has(token)) vocabulary.set(token, vocabulary.size)
  }
  const table = createTable(terms.reduce((sum, term) => sum + term.tokens.length, 0))
  const ends: ConceptTerm[][] = []
  for (const term of terms) {
    const node = term.tokens.reduce((at, token) => table.insert(at, vocabulary.get(token) ?? 0), 0)
    const known = ends[node]
    if (known === undefined) ends[node] = [term]
    else known.push(term)
  }
  // Every node has a list, so that looking one up is an array access without a branch for holes.
  const termLists = Array.from({ length: table.size() }, (_, node) => ends[node] ?? NONE)
  const characters = listCharacters(vocabulary)
  return {
    tokenId: token => {
      if (token.length !== 1) return vocabulary.get(token)
      const id = characters[token.charCodeAt(0)] ?? UNKNOWN
      return id === UNKNOWN ? undefined : id
    },
    step: table.find,
    termsAt: node => termLists[node] ?? NONE,
  }
}

const NONE: ConceptTerm[] = []
const UNKNOWN = -1

/** Numbers of the tokens of one UTF-16 unit by that unit: Chinese is read character by character, and hashing each is slow. */
function listCharacters(vocabulary: ReadonlyMap<string, number>): Int32Array {
  const characters = new Int32Array(0x10000).fill(UNKNOWN)
  for (const [token, id] of vocabulary) if (token.length === 1) characters[token.charCodeAt(0)] = id
  return characters
}

function createTable(edgesMax: number) {
  const size = 2 ** Math.ceil(Math.log2(edgesMax * 2 + 2))
  const nodes = new Int32Array(size).fill(-1)
  const tokens = new Int32Array(size)
  const children = new Int32Array(size)
  let nodeCount = 1
  const findSlot = (node: number, token: number) => {
    let slot = (Math.imul(node, 0x9e3779b1) ^ Math.imul(token, 0x85ebca6b)) & (size - 1)
    while (nodes[slot] !== -1 && (nodes[slot] !== node || tokens[slot] !== token)) slot = (slot + 1) & (size - 1)
    return slot
  }
  const find = (node: number, token: number) => {
    const slot = findSlot(node, token)
    return nodes[slot] === -1 ? -1 : (children[slot] ?? -1)
  }
  const insert = (node: number, token: number) => {
    const slot = findSlot(node, token)
    if (nodes[slot] === -1) {
      nodes[slot] = node
      tokens[slot] = token
      children[slot] = nodeCount++
    }
    return children[slot] ?? -1
  }
  return { find, insert, size: () => nodeCount }
}
