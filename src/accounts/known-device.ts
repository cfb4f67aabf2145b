// A cookie that remembers which accounts have signed in on a device. Limits on guessing an account's password from elsewhere
// don't apply to it, so that a stranger's tries never lock the owner out.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Request, RequestHandler, Response } from 'express'
import onHeaders from 'on-headers'
import { addressKey } from '../http/rate-limits.js'

const ONE_YEAR_MS = 365 * 24 * 60 * 60 * 1000
/** A family's computer. The account that signed in longest ago is forgotten first. */
const MAX_ACCOUNTS = 5

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- Express's own types are extended this way
  namespace Express {
    interface Locals {
      /** The device cookie to set, in the form in which the browser returns it. */
      deviceCookie?: string
    }
  }
}

export interface KnownDevices {
  /** Mount before the session, so that the session's cookie is the first in the response. */
  handler: RequestHandler
  /** The device's id, if this account has signed in on it; otherwise null. */
  idFor(request: Request, email: string): string | null
  /** Makes this a known device of the account. */
  remember(request: Request, response: Response, email: string): void
}

/** @param secrets the first signs, all verify */
export function knownDevices(secrets: readonly string[], secureCookies: boolean): KnownDevices {
  const name = secureCookies ? '__Host-till-device' : 'till-device'
  const pattern = new RegExp(`(?:^|;\\s*)${name}=([\\w-]{22})((?:\\.[\\w-]{43}){1,${MAX_ACCOUNTS}})(?:;|$)`)
  const sign = (secret: string, id: string, email: string) =>
    createHmac('sha256', secret)
      .update(`device ${id} ${addressKey(email)}`)
      .digest('base64url')

  function read(request: Request): { id: string; signatures: string[] } | null {
    const [, id, list] = pattern.exec(request.get('cookie') ?? '') ?? []
    return id === undefined || list === undefined ? null : { id, signatures: list.slice(1).split('.') }
  }
  const isOneOf = (signatures: string[], own: string) =>
    signatures.some((signature) => timingSafeEqual(Buffer.from(signature), Buffer.from(own)))

  return {
    handler: (_request, response, next) => {
      onHeaders(response, () => {
        const value = response.locals.deviceCookie
        if (value === undefined) return
        response.cookie(name, value, {
          httpOnly: true,
          sameSite: 'lax',
          secure: secureCookies,
          path: '/',
          maxAge: ONE_YEAR_MS,
        })
      })
      next()
    },
    idFor(request, email) {
      const device = read(request)
      const isKnown = secrets.some(
        (secret) => device && isOneOf(device.signatures, sign(secret, device.id, email)),
      )
      return isKnown && device ? device.id : null
    },
    remember(request, response, email) {
      const device = read(request)
      const id = device?.id ?? randomBytes(16).toString('base64url')
      const own = secrets.map((secret) => sign(secret, id, email))
      const others = (device?.signatures ?? []).filter((signature) => !isOneOf(own, signature))
      response.locals.deviceCookie = [id, own[0], ...others].slice(0, MAX_ACCOUNTS + 1).join('.')
    },
  }
}
