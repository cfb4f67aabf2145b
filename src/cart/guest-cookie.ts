// The cookie that identifies a guest's cart, and a guest's orders, by a random token. Visitors get it when they first add an
// item or see the checkout page.
import type { Request, Response } from 'express'

/** How long a guest's cart is kept after its last change. */
export const GUEST_CART_DAYS = 90

export interface GuestCookie {
  /** The token that the browser sent, or null. */
  read(request: Request): string | null
  /** Sets the cookie for another GUEST_CART_DAYS. */
  keep(response: Response, token: string): void
  drop(response: Response): void
}

export function guestCookie(secureCookies: boolean): GuestCookie {
  const name = secureCookies ? '__Host-till-cart' : 'till-cart'
  const options = { httpOnly: true, sameSite: 'lax', secure: secureCookies, path: '/' } as const
  // A token is base64url, so it appears in the header unescaped.
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
