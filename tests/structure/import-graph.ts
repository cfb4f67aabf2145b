// Reads the imports between source files, and finds cycles among them.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'

/** Each file with the files that it imports. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>

/** Reads the TypeScript files in a folder with their imports, type imports, re-exports and dynamic imports. */
export function readImports(folder: string): ImportGraph {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    // The generated Prisma client is not our code.
    .filter((file) => file.endsWith('.ts') && !file.startsWith('generated'))
  const known = new Set(files)
  return new Map(files.map((file) => [file, importsOf(folder, file).filter((target) => known.has(target))]))
}

function importsOf(folder: string, file: string): string[] {
  const text = readFileSync(path.join(folder, file), 'utf8')
  return ts
    .preProcessFile(text)
    .importedFiles.map(({ fileName }) => fileName)
    .filter((name) => name.startsWith('.'))
    .map((name) => path.join(path.dirname(file), name.replace(/\.js$/, '.ts')))
}

/** Returns one cycle per import that closes one, as "a.ts → b.ts → a.ts". Empty if there are none. */
export function findCycles(graph: ImportGraph): string[] {
  const cycles: string[] = []
  const finished = new Set<string>()
  const trail: string[] = []

  function visit(file: string): void {
    if (finished.has(file)) return
    const start = trail.indexOf(file)
    if (start >= 0) {
      cycles.push([...trail.slice(start), file].join(' → '))
      return
    }
    trail.push(file)
    graph.get(file)?.forEach(visit)
    trail.pop()
    finished.add(file)
  }

  for (const file of graph.keys()) visit(file)
  return cycles
}
