// Where to go after signing in: always a path on this site.
const ORIGIN = 'http://till.invalid'

/** The path and query, or '' when `next` leads to another site or isn't a path. */
export function ownPath(next: unknown): string {
  if (typeof next !== 'string' || next.length > 1000 || !next.startsWith('/') || /[\p{Cc}\\]/u.test(next))
    return ''
  if (!URL.canParse(next, ORIGIN)) return ''
  const url = new URL(next, ORIGIN)
  return url.origin === ORIGIN && !url.pathname.startsWith('//') ? url.pathname + url.search : ''
}

/** The sign-in page, returning to this path afterwards. */
export function loginHref(next: string): string {
  return `/login?${new URLSearchParams({ next }).toString()}`
}
