// Rate limits for what is expensive or can be guessed. Counted in the database, so they hold across processes.
import { createHash } from 'node:crypto'
import type pg from 'pg'
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import { tooMany, type Problem } from './problem.js'

/** [attempts, seconds]. "Network" is an IPv4 address or the /64 of an IPv6 address. */
const LIMITS = {
  /** New accounts of one network. */
  register: [300, 60 * 60],
  /** Reset emails for one address asked for by one network or known device. */
  passwordReset: [3, 60 * 60],
  /** Reset emails for any address asked for by one network. */
  passwordResetNetwork: [30, 60 * 60],
  /** Emails to verify the address of one account. */
  verification: [5, 60 * 60],
  /** Downloads of the data of one account. */
  export: [10, 60 * 60],
  /** Searches of one network. */
  search: [120, 60],
  /** Suggestions for one network: one for each key, at most. */
  suggestions: [600, 60],
  /** Notices of stock asked for by one network. */
  stockNotice: [20, 60],
  /** Delivery quotes of one network. */
  quote: [300, 60],
  /** New guest carts of one network. */
  newCart: [300, 60],
  /** Checkouts of one shopper. Each may call Stripe. */
  checkout: [30, 60],
  /** Checkouts of one network. */
  checkoutNetwork: [300, 60],
  /** Sessions of payment links that Stripe is asked about for one network. */
  linkSession: [30, 60],
  /** Checkouts without an account that name one address. */
  guestCheckoutAddress: [20, 60 * 60],
  /** Checkouts without an account of one network. */
  guestCheckoutNetwork: [60, 60 * 60],
} as const satisfies Record<string, readonly [number, number]>

/**
 * Limits on guessing: [attempts, seconds]. Each further attempt within the time must wait for the next of PAUSES. A pause
 * ends by itself, so nobody can lock the owner out for good.
 */
const GUESSES = {
  /** Wrong passwords for one email address from one network. */
  signIn: [10, 24 * 60 * 60],
  /** Wrong passwords for one email address from all networks, against distributed guessing. */
  signInAccount: [100, 24 * 60 * 60],
  /** Wrong passwords for all email addresses from one network. */
  signInNetwork: [100, 60 * 60],
  /** Wrong passwords on one known device, which the limits above don't count. */
  signInDevice: [10, 24 * 60 * 60],
  /** Wrong passwords for what an account asks its own password for again. */
  passwordChange: [10, 24 * 60 * 60],
  /** Wrong codes of an account's second factor. */
  factor: [10, 24 * 60 * 60],
  /** Reset emails for one address from all networks. Each is in the owner's mailbox and works for an hour. */
  passwordResetAccount: [20, 24 * 60 * 60],
} as const satisfies Record<string, readonly [number, number]>

/** Nothing is counted for longer. */
export const LONGEST_LIMIT_SECONDS = Math.max(
  ...Object.values({ ...LIMITS, ...GUESSES }).map(([, seconds]) => seconds),
)

/** Seconds. The last repeats. */
const PAUSES = [120, 240, 480, 900]

export type Limit = keyof typeof LIMITS
export type Guess = keyof typeof GUESSES

export interface RateLimits {
  /**
   * Counts an attempt.
   * @param action what the page's button offers instead
   * @throws Problem 429 with Retry-After when there were too many
   */
  count(
    limit: Limit | Guess,
    caller: string,
    detail: string,
    action?: Problem['options']['action'],
  ): Promise<void>
  /** Uncounts one attempt that turned out to be legitimate. The caller's other attempts stay counted. */
  takeBack(limit: Limit | Guess, caller: string): Promise<void>
  /** Uncounts all attempts of a caller who turned out to be legitimate. */
  forget(limit: Limit | Guess, caller: string): Promise<void>
  /** Uncounts all attempts of every caller whose key starts with this prefix. */
  forgetAll(limit: Limit | Guess, prefix: string): Promise<void>
}

/** A fixed-length stand-in for an email address: the table's keys are limited to 255 characters. */
export function addressKey(email: string): string {
  return createHash('sha256').update(email).digest('base64url')
}

export function createRateLimits(pool: pg.Pool): RateLimits {
  const create = (keyPrefix: string, points: number, duration: number) =>
    new RateLimiterPostgres({
      storeClient: pool,
      tableName: 'RateLimit',
      tableCreated: true,
      keyPrefix,
      points,
      duration,
      clearExpiredByTimeout: false,
    })
  const limiters = new Map<string, RateLimiterPostgres>([
    ...Object.entries(LIMITS).map(
      ([name, [points, duration]]) => [name, create(name, points, duration)] as const,
    ),
    // These never refuse by themselves: they count.
    ...Object.entries(GUESSES).map(
      ([name, [, duration]]) => [name, create(name, Number.MAX_SAFE_INTEGER, duration)] as const,
    ),
  ])
  const pauses = create('pause', 1, PAUSES[0] ?? 0)
  const limiter = (limit: Limit | Guess) => {
    const found = limiters.get(limit)
    if (!found) throw new Error(`There is no limit named ${limit}.`)
    return found
  }

  async function countGuess(limit: Guess, caller: string): Promise<void> {
    const [free] = GUESSES[limit]
    const { consumedPoints } = await limiter(limit).consume(caller)
    if (consumedPoints < free) return
    const customDuration = PAUSES[Math.min(consumedPoints - free, PAUSES.length - 1)] ?? 0
    try {
      // The first attempt after a pause is let through and begins the next one.
      await pauses.consume(`${limit}:${caller}`, 1, { customDuration })
    } catch (error) {
      if (error instanceof RateLimiterRes) await limiter(limit).reward(caller)
      throw error
    }
  }

  return {
    async count(limit, caller, detail, action) {
      try {
        if (limit in GUESSES) await countGuess(limit as Guess, caller)
        else await limiter(limit).consume(caller)
      } catch (error) {
        if (error instanceof RateLimiterRes) throw tooMany(detail, error.msBeforeNext / 1000, action)
        throw error
      }
    },
    async takeBack(limit, caller) {
      await limiter(limit).reward(caller)
    },
    async forget(limit, caller) {
      await Promise.all([limiter(limit).delete(caller), pauses.delete(`${limit}:${caller}`)])
    },
    async forgetAll(limit, prefix) {
      const keys = [limiter(limit).getKey(prefix), pauses.getKey(`${limit}:${prefix}`)]
      await pool.query('DELETE FROM "RateLimit" WHERE starts_with(key, $1) OR starts_with(key, $2)', keys)
    },
  }
}
