// What a caller did wrong, or what is wrong with us, in words for the caller. Throw it; errors.ts answers it.

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
      /** Said at a terminal in place of the detail, where that speaks to a shopper. */
      forOperator?: string
    } = {},
  ) {
    super(`${code}: ${detail}`, options.cause === undefined ? undefined : { cause: options.cause })
  }
}

const BACK_TO_SHOP = { href: '/pricing', label: 'Back to the shop' }

/** What is not there, and what belongs to somebody else: the same answer. */
export function notFound(what = 'page'): Problem {
  return new Problem(
    404,
    `${what}_not_found`,
    `We can’t find that ${what}`,
    `There is no such ${what}, or it isn’t yours to see.`,
    {
      action: BACK_TO_SHOP,
    },
  )
}

export function badRequest(code: string, detail: string): Problem {
  return new Problem(400, code, 'That did not work', detail, { action: BACK_TO_SHOP })
}

export function tooMany(detail: string, retryAfter: number): Problem {
  return new Problem(429, 'too_many_requests', 'Too many tries', detail, {
    retryAfter: Math.max(1, Math.ceil(retryAfter)),
  })
}
