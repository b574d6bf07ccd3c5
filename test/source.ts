import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import ts from 'typescript'

export const ROOT = join(import.meta.dirname, '..')

/** One file of ours: `imports` are paths from the root for our own files, package names for the others. */
export type Module = { path: string; text: string; imports: { file?: string; package?: string }[] }

/** Every TypeScript file under the given folders of the project. */
export const readModules = (folders: string[]): Module[] =>
  folders
    .flatMap(folder =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map(name => join(folder, name)),
    )
    .filter(path => path.endsWith('.ts') && !path.endsWith('.d.ts'))
    .sort()
    .map(path => {
      const text = readFileSync(join(ROOT, path), 'utf8')
      return { path, text, imports: listImports(path, text) }
    })

const listImports = (path: string, text: string): Module['imports'] =>
  ts
    .preProcessFile(text)
    .importedFiles.map(({ fileName }) =>
      fileName.startsWith('.')
        ? { file: relative(ROOT, join(ROOT, path, '..', fileName)) }
        : { package: packageOf(fileName) },
    )

const packageOf = (specifier: string): string =>
  specifier.startsWith('node:')
    ? specifier
    : specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/')

/** Files that can be reached from the given ones, themselves included. */
export const reachFrom = (starts: string[], modules: Module[]): Set<string> => {
  const byPath = new Map(modules.map(module => [module.path, module]))
  const reached = new Set<string>()
  const open = [...starts]
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (reached.has(path)) continue
    reached.add(path)
    for (const { file } of byPath.get(path)?.imports ?? []) if (file !== undefined) open.push(file)
  }
  return reached
}

export const countLines = (text: string): number => text.split('\n').length - 1

/** The longest function of a file: from its first to its last line. */
export const longestFunction = ({ path, text }: Module): { name: string; lines: number } => {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  let longest = { name: path, lines: 0 }
  const visit = (node: ts.Node) => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      const from = source.getLineAndCharacterOfPosition(node.getStart(source)).line
      const to = source.getLineAndCharacterOfPosition(node.end).line
      if (to - from + 1 > longest.lines) longest = { name: `${path}:${from + 1}`, lines: to - from + 1 }
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return longest
}
