// No file in the shop or in a package imports itself through others, type imports included.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { projectRoot } from '../../src/config.js'
import { findCycles, readImports } from './import-graph.js'

const packages = readdirSync(path.join(projectRoot, 'packages'))

it.each(['src', ...packages.map((name) => `packages/${name}/src`)])('%s has no import cycle', (folder) => {
  const graph = readImports(path.join(projectRoot, folder))
  expect([...graph.values()].flat().length).toBeGreaterThan(10)
  expect(findCycles(graph)).toEqual([])
})

describe('the import reader', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'till-imports-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  it.each([
    ["import { b } from './b/b.js'"],
    ["import type { B } from './b/b.js'"],
    ["import { type B } from './b/b.js'"],
    ["import './b/b.js'"],
    ["export * from './b/b.js'"],
    ["export type { B } from './b/b.js'"],
    ["const { b } = await import('./b/b.js')"],
    ["type B = import('./b/b.js').B"],
  ])('%s closes a cycle', (line) => {
    mkdirSync(path.join(folder, 'b'), { recursive: true })
    writeFileSync(path.join(folder, 'a.ts'), `${line}\n`)
    writeFileSync(path.join(folder, 'b', 'b.ts'), "import '../c.js'\n")
    writeFileSync(path.join(folder, 'c.ts'), "import 'node:fs'\nexport { a } from './a.js'\n")
    expect(findCycles(readImports(folder))).toEqual(['a.ts → b/b.ts → c.ts → a.ts'])
  })

  it('two files that import a third form no cycle', () => {
    expect(
      findCycles(
        new Map([
          ['a', ['b', 'c']],
          ['b', ['c']],
          ['c', []],
        ]),
      ),
    ).toEqual([])
  })
})
