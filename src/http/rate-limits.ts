// How often one caller may try what is costly or guessable. Counted in the database, so for all processes together.
import { createHash } from 'node:crypto'
import type pg from 'pg'
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import { tooMany } from './problem.js'

/** [tries, seconds] */
const LIMITS = {
  /** Wrong passwords for one address from one place. */
  signIn: [10, 15 * 60],
  /** Wrong passwords for one address from anywhere: slow enough against guessing by many. */
  signInAccount: [100, 60 * 60],
  register: [300, 60 * 60],
  passwordReset: [3, 60 * 60],
  /** New guests' carts from one place. */
  newCart: [300, 60],
  /** Checkouts of one shopper: each may ask Stripe. */
  checkout: [30, 60],
} as const satisfies Record<string, readonly [number, number]>

export type Limit = keyof typeof LIMITS

export interface RateLimits {
  /** Counts one try. @throws Problem 429 with Retry-After when there were too many */
  count(limit: Limit, caller: string, detail: string): Promise<void>
  /** Takes back one try that was counted: it proved to be honest. What others tried in its name stays counted. */
  takeBack(limit: Limit, caller: string): Promise<void>
  /** Takes back all tries that were counted: the caller proved to be honest. */
  forget(limit: Limit, caller: string): Promise<void>
  /** The same for every caller whose name begins so. */
  forgetAll(limit: Limit, beginning: string): Promise<void>
}

/** Stands for an address in a caller's name: the table's key has room for 255 characters. */
export function addressKey(email: string): string {
  return createHash('sha256').update(email).digest('base64url')
}

export function createRateLimits(pool: pg.Pool): RateLimits {
  const limiters = new Map(
    Object.entries(LIMITS).map(([name, [points, duration]]) => [
      name as Limit,
      new RateLimiterPostgres({
        storeClient: pool,
        tableName: 'RateLimit',
        tableCreated: true,
        keyPrefix: name,
        points,
        duration,
        clearExpiredByTimeout: false,
      }),
    ]),
  )
  const limiter = (limit: Limit) => {
    const found = limiters.get(limit)
    if (!found) throw new Error(`No limit is named ${limit}.`)
    return found
  }
  return {
    async count(limit, caller, detail) {
      try {
        await limiter(limit).consume(caller)
      } catch (error) {
        if (error instanceof RateLimiterRes) throw tooMany(detail, error.msBeforeNext / 1000)
        throw error
      }
    },
    async takeBack(limit, caller) {
      await limiter(limit).reward(caller)
    },
    async forget(limit, caller) {
      await limiter(limit).delete(caller)
    },
    async forgetAll(limit, beginning) {
      await pool.query('DELETE FROM "RateLimit" WHERE starts_with(key, $1)', [
        limiter(limit).getKey(beginning),
      ])
    },
  }
}
