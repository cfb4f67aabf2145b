// A guest's cart is found by a random token in a cookie, which a visitor gets when they first put something into it.
import { createHash, randomBytes } from 'node:crypto'
import type { Request, Response } from 'express'

/** How long a guest's cart is kept after it was last changed. */
export const GUEST_CART_DAYS = 90

export interface GuestCookie {
  /** The token that the visitor's browser sent; null for the many who have none. */
  read(request: Request): string | null
  /** Sends the token, for another GUEST_CART_DAYS. */
  keep(response: Response, token: string): void
  drop(response: Response): void
}

/** 256 random bits. */
export function newGuestToken(): string {
  return randomBytes(32).toString('base64url')
}

/** What the table keeps: whoever reads it opens no cart. */
export function hashGuestToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

export function guestCookie(secureCookies: boolean): GuestCookie {
  const name = secureCookies ? '__Host-till-cart' : 'till-cart'
  const options = { httpOnly: true, sameSite: 'lax', secure: secureCookies, path: '/' } as const
  // A token is letters, digits, - and _: it stands in the header as it is.
  const pattern = new RegExp(`(?:^|;\\s*)${name}=([\\w-]{43})(?:;|$)`)
  return {
    read: (request) => pattern.exec(request.get('cookie') ?? '')?.[1] ?? null,
    keep: (response, token) => {
      response.cookie(name, token, { ...options, maxAge: GUEST_CART_DAYS * 24 * 60 * 60 * 1000 })
    },
    drop: (response) => {
      response.clearCookie(name, options)
    },
  }
}
