// Links, files and chapters that documents and code name exist.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { projectRoot } from '../../src/config.js'
import { markdownFiles, numberedPages, readMarkdown, readText } from './markdown.js'

const documents = markdownFiles().map(readMarkdown)
const anchorsOf = (file: string) => readMarkdown(file).anchors

/** Why an address leads nowhere. Null: it leads somewhere, or to another site. */
function fault(from: string, address: string): string | null {
  if (/^[a-z]+:/.test(address)) return null
  const [file = '', anchor] = decodeURIComponent(address).split('#')
  const target = file === '' ? from : path.normalize(path.join(path.dirname(from), file))
  if (!existsSync(path.join(projectRoot, target))) return `${from}: there is no ${target}`
  return anchor === undefined || anchorsOf(target).has(anchor) ? null : `${from}: ${target} has no #${anchor}`
}

it('there are documents', () => {
  expect(documents.length).toBeGreaterThan(30)
  expect(documents.flatMap(({ links }) => links).length).toBeGreaterThan(100)
})

it.each(documents)('$file has links that lead somewhere', ({ file, links }) => {
  expect(links.flatMap((address) => fault(file, address) ?? [])).toEqual([])
})

it('no entry of a changelog is there twice', () => {
  for (const { file } of documents.filter((document) => document.file.endsWith('CHANGELOG.md'))) {
    const entries = readText(file)
      .split('\n')
      .filter((line) => line.startsWith('- '))
    expect(entries.filter((entry, index) => entries.indexOf(entry) !== index)).toEqual([])
  }
})

// The changelogs name files of their time.
const ofToday = documents.filter(({ file }) => !file.endsWith('CHANGELOG.md'))

it.each(ofToday)('$file names files that exist', ({ file, inlineCode }) => {
  const named = inlineCode.filter((code) =>
    /^(src|tests|deploy|docs|prisma|views|public|scripts|packages|bench)\/[\w./-]+$/.test(code),
  )
  // Capitals stand for a name: src/commands/NAME.ts.
  const certain = named.filter((code) => !/[A-Z]{2}/.test(code))
  // Packages name files of their own.
  const folders = [projectRoot, path.join(projectRoot, path.dirname(file))]
  const isThere = (code: string) => folders.some((folder) => existsSync(path.join(folder, code)))
  expect(certain.filter((code) => !isThere(code))).toEqual([])
})

it('code, messages and alerts name chapters that exist', () => {
  const places = ['src', 'deploy', 'tests', 'scripts', 'bench', '.env.example']
  const found = execFileSync(
    'git',
    ['grep', '-noE', 'docs/[0-9a-z/-]+\\.md(#[a-z0-9-]+)?', '--', ...places],
    {
      cwd: projectRoot,
      encoding: 'utf8',
    },
  )
  const named = found.trim().split('\n')
  expect(named.length).toBeGreaterThan(10)
  expect(named.flatMap((line) => fault('README.md', line.replace(/^.*?:\d+:/, '')) ?? [])).toEqual([])
})

it('each numbered page ends with a link to the next', () => {
  const pages = numberedPages()
  for (const [index, page] of pages.entries()) {
    const last = readText(page).trim().split('\n').at(-1) ?? ''
    expect([page, last]).toEqual([page, expect.stringMatching(/^Next: /)])
    const next = pages[index + 1]
    if (next !== undefined) expect(last).toContain(`](${path.basename(next)})`)
  }
})
