// The error to throw when a request fails. errors.ts turns it into the response.
import { t, type Findable } from '../messages/index.js'

/** An error with an HTTP status, a stable code for programs, and text for people (RFC 9457). */
export class Problem extends Error {
  override name = 'Problem'
  constructor(
    readonly status: number,
    /** For programs. Never changes: "sold_out". */
    readonly code: string,
    /** A short heading. */
    readonly title: string,
    /** What happened and what to do next. */
    readonly detail: string,
    readonly options: {
      /** Where the page's button leads. */
      action?: { href: string; label: string }
      /** How to sign in, sent as WWW-Authenticate. */
      challenge?: string
      /** Seconds, sent as Retry-After. */
      retryAfter?: number
      /** The invalid fields of the body. */
      errors?: { field: string; detail: string }[]
      cause?: unknown
      /** Printed by the operator's commands instead of `detail`, which is written for shoppers. */
      forOperator?: string
    } = {},
  ) {
    super(`${code}: ${detail}`, options.cause === undefined ? undefined : { cause: options.cause })
  }
}

/** 404. The same for things that don't exist and things that belong to someone else. */
export function notFound(what: Findable = 'page'): Problem {
  const texts = t().errors
  return new Problem(404, `${what}_not_found`, texts.notFoundTitle(what), texts.notFound(what), {
    action: backToShop(),
  })
}

export function badRequest(code: string, detail: string): Problem {
  return new Problem(400, code, t().errors.badRequestTitle, detail, { action: backToShop() })
}

/** @param retryAfter seconds */
export function tooMany(
  detail: string,
  retryAfter: number,
  action: { href: string; label: string } = backToShop(),
): Problem {
  return new Problem(429, 'too_many_requests', t().errors.tooManyTitle, detail, {
    retryAfter: Math.max(1, Math.ceil(retryAfter)),
    action,
  })
}

function backToShop(): { href: string; label: string } {
  return { href: '/pricing', label: t().errors.backToShop }
}
