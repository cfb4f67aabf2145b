// The lines of a document that readers paste into a shell.
import { readMarkdown } from './markdown.js'

/** The lines of its blocks of shell code, each whole. */
export const shellLines = (file: string): string[] =>
  readMarkdown(file)
    .fences.filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.replaceAll('\\\n', ' ').trim().split('\n'))

/** The words of a line as a shell reads them: quotes keep words together, and # begins a comment. */
export function shellWords(line: string): string[] {
  const code = line.replace(/("[^"]*"|'[^']*')|\s#.*$/g, (_all, quoted?: string) => quoted ?? '')
  return [...code.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)].map(([word]) =>
    word.replaceAll(/"([^"]*)"|'([^']*)'/g, (_all, one?: string, other?: string) => one ?? other ?? ''),
  )
}
