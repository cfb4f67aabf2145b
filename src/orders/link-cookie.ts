// The cookie with the tokens of the links that a browser has opened, so that they need not stay in its address.
import type { Request, Response } from 'express'

/** How long a link need not be opened again. */
const HOURS = 24
/** The newest links that a browser keeps. */
const MOST = 5

interface LinkCookie {
  /** The tokens that the browser sent, the newest first. */
  read(request: Request): string[]
  /** Adds a token. */
  add(request: Request, response: Response, token: string): void
}

export function linkCookie(secureCookies: boolean): LinkCookie {
  const name = secureCookies ? '__Host-till-orders' : 'till-orders'
  const options = { httpOnly: true, sameSite: 'lax', secure: secureCookies, path: '/' } as const
  // Tokens are base64url, so they and the dots between them appear in the header unescaped.
  const pattern = new RegExp(`(?:^|;\\s*)${name}=([\\w-]{43}(?:\\.[\\w-]{43}){0,${MOST - 1}})(?:;|$)`)
  const read = (request: Request) => pattern.exec(request.get('cookie') ?? '')?.[1]?.split('.') ?? []
  return {
    read,
    add(request, response, token) {
      const tokens = [token, ...read(request).filter((other) => other !== token)].slice(0, MOST)
      response.cookie(name, tokens.join('.'), { ...options, maxAge: HOURS * 60 * 60 * 1000 })
    },
  }
}
