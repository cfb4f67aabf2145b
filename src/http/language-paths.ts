// The language in an address: "/de/pricing". Inside the shop, paths have none: it is taken off a request's path, and put in
// front of the links, forms and redirects of its answer.
import { LANGUAGES, usualLanguage, type Language } from '../messages/index.js'

/** What is the same in every language: files, what programs read, and the pages of operators and developers. */
const WITHOUT =
  /^\/(?:admin|api|assets|dev|healthz|look|metrics|operators|pictures|readyz|stripe|[^/?#]+\.[a-z]+)(?=[/?#]|$)/i

const PREFIX = new RegExp(`^/(${LANGUAGES.join('|')})(?=[/?#]|$)`)

/** Attributes with a path of ours. Scripts find theirs in `data-…-href`. */
const LINKS = / (href|action|formaction|data-[a-z-]+-href)="(\/(?!\/)[^"]*)"/g

export function isWithoutLanguage(path: string): boolean {
  return WITHOUT.test(path)
}

/** The language that a path begins with, and the path without it. */
export function splitPath(path: string): { language: Language | null; path: string } {
  const [prefix, language] = PREFIX.exec(path) ?? []
  if (prefix === undefined) return { language: null, path }
  const rest = path.slice(prefix.length)
  return { language: language as Language, path: rest.startsWith('/') ? rest : `/${rest}` }
}

/** "/de", or nothing for the shop's own language. */
export function prefixOf(language: Language): string {
  return language === usualLanguage() ? '' : `/${language}`
}

/** A path of ours in this language, unless it has one, or is the same in all. Other addresses stay as they are. */
export function pathIn(language: Language, path: string): string {
  const isOurs = path.startsWith('/') && !path.startsWith('//')
  return !isOurs || WITHOUT.test(path) || PREFIX.test(path) ? path : prefixOf(language) + path
}

/** A page whose links and forms stay in this language. */
export function pageIn(language: Language, html: string): string {
  if (prefixOf(language) === '') return html
  return html.replaceAll(
    LINKS,
    (_whole, attribute: string, path: string) => ` ${attribute}="${pathIn(language, path)}"`,
  )
}
