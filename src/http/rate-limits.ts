// Rate limits for what is expensive or can be guessed. Counted in the database, so they hold across processes.
import { createHash } from 'node:crypto'
import type pg from 'pg'
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import { tooMany } from './problem.js'

/** [attempts, seconds] */
const LIMITS = {
  /** Wrong passwords for one email address from one IP address. */
  signIn: [10, 15 * 60],
  /** Wrong passwords for one email address from all IP addresses, against distributed guessing. */
  signInAccount: [100, 60 * 60],
  register: [300, 60 * 60],
  passwordReset: [3, 60 * 60],
  /** New guest carts from one IP address. */
  newCart: [300, 60],
  /** Checkouts of one shopper. Each may call Stripe. */
  checkout: [30, 60],
} as const satisfies Record<string, readonly [number, number]>

export type Limit = keyof typeof LIMITS

export interface RateLimits {
  /** Counts an attempt. @throws Problem 429 with Retry-After when there were too many */
  count(limit: Limit, caller: string, detail: string): Promise<void>
  /** Uncounts one attempt that turned out to be legitimate. The caller's other attempts stay counted. */
  takeBack(limit: Limit, caller: string): Promise<void>
  /** Uncounts all attempts of a caller who turned out to be legitimate. */
  forget(limit: Limit, caller: string): Promise<void>
  /** Uncounts all attempts of every caller whose key starts with this prefix. */
  forgetAll(limit: Limit, prefix: string): Promise<void>
}

/** A fixed-length stand-in for an email address: the table's keys are limited to 255 characters. */
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
    if (!found) throw new Error(`There is no limit named ${limit}.`)
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
    async forgetAll(limit, prefix) {
      await pool.query('DELETE FROM "RateLimit" WHERE starts_with(key, $1)', [limiter(limit).getKey(prefix)])
    },
  }
}
