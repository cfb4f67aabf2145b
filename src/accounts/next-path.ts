// Where to go after signing in: one of our own paths, never another site's.
const ORIGIN = 'http://till.invalid'

/** Returns path and query, or '' for whatever leads elsewhere. */
export function ownPath(next: unknown): string {
  if (typeof next !== 'string' || next.length > 1000 || !next.startsWith('/') || /[\p{Cc}\\]/u.test(next))
    return ''
  if (!URL.canParse(next, ORIGIN)) return ''
  const url = new URL(next, ORIGIN)
  return url.origin === ORIGIN && !url.pathname.startsWith('//') ? url.pathname + url.search : ''
}

/** The sign-in page that comes back to this path. */
export function loginHref(next: string): string {
  return `/login?${new URLSearchParams({ next }).toString()}`
}
