// What a caller is told when a request fails. Throw it; errors.ts answers it.
import { t, type Findable } from '../messages/index.js'

/** A refusal with an HTTP status, a stable code for programs and sentences for people (RFC 9457). */
export class Problem extends Error {
  override name = 'Problem'
  constructor(
    readonly status: number,
    /** Stable, for programs: "sold_out". */
    readonly code: string,
    /** A short heading for people. */
    readonly title: string,
    /** What happened and what to do next. */
    readonly detail: string,
    readonly options: {
      /** Where the page's button leads. */
      action?: { href: string; label: string }
      /** Seconds, sent as Retry-After. */
      retryAfter?: number
      /** Which fields of the body are wrong, and why. */
      errors?: { field: string; detail: string }[]
      cause?: unknown
      /** What an operator's command prints instead of the detail, which speaks to a shopper. */
      forOperator?: string
    } = {},
  ) {
    super(`${code}: ${detail}`, options.cause === undefined ? undefined : { cause: options.cause })
  }
}

/** For what doesn't exist and for what belongs to someone else: the same answer. */
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
export function tooMany(detail: string, retryAfter: number): Problem {
  return new Problem(429, 'too_many_requests', t().errors.tooManyTitle, detail, {
    retryAfter: Math.max(1, Math.ceil(retryAfter)),
  })
}

function backToShop(): { href: string; label: string } {
  return { href: '/pricing', label: t().errors.backToShop }
}
