// Counts attempts to sign in, by what they come from.
import type { Request } from 'express'
import { networkOf } from '../http/network.js'
import { addressKey, type Guess, type RateLimits } from '../http/rate-limits.js'
import { t } from '../messages/index.js'

export interface SignInAttempt {
  /** Uncounts this attempt and this caller's earlier wrong passwords for the account. Others' stay counted. */
  succeed(): Promise<void>
  /** Uncounts this attempt. */
  takeBack(): Promise<void>
}

/**
 * Counts an attempt until it turns out to be legitimate. A device on which the account has signed in before is counted by
 * itself: neither its network nor strangers who guess the account's password make it wait.
 * @throws Problem 429 with Retry-After
 */
export async function countSignIn(
  limits: RateLimits,
  request: Request,
  email: string,
  deviceId: string | null,
): Promise<SignInAttempt> {
  const account = addressKey(email)
  const network = networkOf(request.ip)
  const own: [Guess, string] =
    deviceId === null ? ['signIn', `${account} ${network}`] : ['signInDevice', deviceId]
  const shared: [Guess, string][] =
    deviceId === null
      ? [
          ['signInNetwork', network],
          ['signInAccount', account],
        ]
      : []
  const counts = [own, ...shared]
  const texts = t().accounts
  const reset = { href: '/password/forgot', label: texts.resetPassword }
  for (const [limit, caller] of counts) await limits.count(limit, caller, texts.tooManySignIns, reset)
  const takeBack = async (some: [Guess, string][]) => {
    for (const [limit, caller] of some) await limits.takeBack(limit, caller)
  }
  return {
    async succeed() {
      await limits.forget(...own)
      await takeBack(shared)
    },
    takeBack: () => takeBack(counts),
  }
}
