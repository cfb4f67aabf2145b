// The documentation as tests read it: its files, headings, links, code and tables.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import MarkdownIt, { type Token } from 'markdown-it'
import { projectRoot } from '../../src/config.js'

export interface Markdown {
  /** From the project's folder. */
  file: string
  /** The addresses of headings, as GitHub makes them. */
  anchors: Set<string>
  links: string[]
  /** Texts in backticks. */
  inlineCode: string[]
  fences: { language: string; text: string }[]
}

const parser = new MarkdownIt({ html: true })

/** The Markdown files of the project, also those that are not committed yet. */
export function markdownFiles(): string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '*.md']
  const listed = execFileSync('git', args, { cwd: projectRoot, encoding: 'utf8' }).split('\n').filter(Boolean)
  return listed.filter((file) => readOrNull(file) !== null)
}

/** The numbered pages in their order. */
export const numberedPages = (): string[] =>
  markdownFiles()
    .filter((file) => /^docs\/\d/.test(file))
    .sort()

export const readText = (file: string): string => readFileSync(path.join(projectRoot, file), 'utf8')

const parsed = new Map<string, Markdown>()

/** Parses a document, once. */
export function readMarkdown(file: string): Markdown {
  const known = parsed.get(file) ?? parse(file)
  parsed.set(file, known)
  return known
}

function parse(file: string): Markdown {
  const tokens = parser.parse(readText(file), {})
  const inline = tokens.flatMap(({ children }) => children ?? [])
  return {
    file,
    anchors: anchorsOf(tokens),
    links: inline.map((token) => String(token.attrGet('href') ?? token.attrGet('src') ?? '')).filter(Boolean),
    inlineCode: inline.filter(({ type }) => type === 'code_inline').map(({ content }) => content),
    fences: tokens
      .filter(({ type }) => type === 'fence')
      .map(({ info, content }) => ({ language: info.trim(), text: content })),
  }
}

/** The first cells of the rows of the table below a heading: the texts in backticks. */
export function firstCells(file: string, heading: string): string[] {
  return rowsBelow(file, heading).flatMap(([first = '']) => codeIn(first))
}

/** The rows of the table below a heading, without its head: their cells as Markdown. */
export function rowsBelow(file: string, heading: string): string[][] {
  const [, chapter = ''] = readText(file).split(`\n## ${heading}\n`)
  const [, table = ''] = /\n\| --- .*?\n(.*?)\n\n/s.exec(chapter) ?? []
  return table.split('\n').map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  )
}

export const codeIn = (text: string): string[] =>
  [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)

function readOrNull(file: string): string | null {
  try {
    return readText(file)
  } catch {
    return null
  }
}

function anchorsOf(tokens: readonly Token[]): Set<string> {
  const seen = new Map<string, number>()
  const anchors = tokens
    .filter((_token, index) => tokens[index - 1]?.type === 'heading_open')
    .map((token) => {
      const slug = slugOf(textOf(token))
      const before = seen.get(slug) ?? 0
      seen.set(slug, before + 1)
      return before === 0 ? slug : `${slug}-${before}`
    })
  return new Set(anchors)
}

const textOf = ({ children }: Token): string => (children ?? []).map(({ content }) => content).join('')

/** GitHub's rule: lower case, no punctuation, hyphens for spaces. */
const slugOf = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-')
