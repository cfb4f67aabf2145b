// Checks an answer against the limits of Stripe and the banks, before anything is sent.
import { countPdfPages } from '../documents/pdf-pages.js'
import {
  CHARACTERS_PER_PAGE,
  LARGEST_FILE,
  LARGEST_FILES,
  LONGEST_TEXTS,
  MOST_PAGES,
  textFieldsOf,
  type Stage,
} from './evidence-fields.js'

export type Texts = Readonly<Record<string, string>>

/** As stored: without white space around it, and without what PostgreSQL can't store. */
export function readTexts(stage: Stage, given: Texts): Texts {
  return Object.fromEntries(
    Object.keys(textFieldsOf(stage)).flatMap((name) => {
      const text = (given[name] ?? '').replaceAll('\r\n', '\n').replaceAll('\0', '').toWellFormed().trim()
      return text === '' ? [] : [[name, text]]
    }),
  )
}

/** What is wrong with texts, by field. The sum of all is told at the longest one. */
export function textErrors(stage: Stage, texts: Texts): Record<string, string> {
  const fields = textFieldsOf(stage)
  const errors: Record<string, string> = {}
  for (const [name, text] of Object.entries(texts)) {
    const max = fields[name]?.max ?? 0
    if (text.length > max)
      errors[name] =
        `Shorten this by ${count(text.length - max)} ${text.length - max === 1 ? 'character' : 'characters'}: ${count(max)} is the most.`
  }
  const sum = charactersOf(texts)
  const [longest] = Object.entries(texts).sort(([, a], [, b]) => b.length - a.length)
  if (sum > LONGEST_TEXTS && longest)
    errors[longest[0]] ??=
      `All texts together have ${count(sum)} characters: ${count(LONGEST_TEXTS)} is the most.`
  return errors
}

export interface CheckedFile {
  type: string
  pages: number
}

/** What a file is, by its content, or why it can't be sent. */
export function checkFile(content: Buffer | null): CheckedFile | string {
  if (content === null || content.length > LARGEST_FILE) return 'The file is too large: 5 MB is the most.'
  if (content.length === 0) return 'The file is empty.'
  const type = typeOf(content)
  if (type === null) return 'The file is not a PDF, JPEG or PNG.'
  const pages = type === 'application/pdf' ? countPdfPages(content) : 1
  if (pages === null)
    return 'The pages of this PDF can’t be read. It may be damaged or protected by a password: print it to a new PDF.'
  return { type, pages }
}

function typeOf(content: Buffer): string | null {
  if (content.subarray(0, 5).toString('latin1') === '%PDF-') return 'application/pdf'
  if (content.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]))) return 'image/jpeg'
  return content.subarray(0, 8).equals(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')) ? 'image/png' : null
}

interface Sized {
  size: number
  pages: number
}

/** What an answer comes to. */
export function measure(
  texts: Texts,
  files: readonly Sized[],
): { characters: number; bytes: number; pages: number } {
  const characters = charactersOf(texts)
  return {
    characters,
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    pages: Math.ceil(characters / CHARACTERS_PER_PAGE) + files.reduce((sum, { pages }) => sum + pages, 0),
  }
}

/**
 * What is wrong with an answer as a whole. Empty: it can be sent.
 * @param network the card's, in Stripe's words. Null: not known
 */
export function answerProblems(
  stage: Stage,
  texts: Texts,
  files: readonly Sized[],
  network: string | null,
): string[] {
  const { bytes, pages } = measure(texts, files)
  const most = MOST_PAGES[network ?? '']
  return [
    ...(Object.keys(texts).length === 0 && files.length === 0 ? ['Nothing is in the answer yet.'] : []),
    ...(stage === 'appeal' && texts['reason_for_filing'] === undefined
      ? ['Say why the decision is wrong: an appeal needs a reason.']
      : []),
    ...Object.values(textErrors(stage, texts)),
    ...(bytes > LARGEST_FILES
      ? [`The files have ${megabytes(bytes)} together: 4.5 MB is the most. Remove one, or make it smaller.`]
      : []),
    ...(most !== undefined && pages > most
      ? [`The answer has about ${pages} pages: Mastercard accepts ${most}. Remove pages, or shorten texts.`]
      : []),
  ]
}

export function megabytes(bytes: number): string {
  return bytes < 100_000
    ? `${Math.max(1, Math.round(bytes / 1024))} kB`
    : `${(bytes / 1024 / 1024).toFixed(1)} MB`
}

function charactersOf(texts: Texts): number {
  return Object.values(texts).reduce((sum, text) => sum + text.length, 0)
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}
