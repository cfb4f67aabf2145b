// Counts requests for mails that reset a password.
import type { Request } from 'express'
import { networkOf } from '../http/network.js'
import { Problem } from '../http/problem.js'
import { addressKey, type RateLimits } from '../http/rate-limits.js'
import { t } from '../messages/index.js'

/**
 * Counts a request for a reset email.
 * @returns false when so many were mailed, at strangers' requests, that the newest in the owner's mailbox is minutes old
 * and works. The answer is the same: nobody can use up the owner's.
 * @throws Problem 429 when this network or device has asked too often
 */
export async function countReset(
  limits: RateLimits,
  request: Request,
  email: string,
  deviceId: string | null,
): Promise<boolean> {
  const account = addressKey(email)
  const detail = t().accounts.tooManyResets
  if (deviceId !== null) {
    await limits.count('passwordReset', deviceId, detail)
    return true
  }
  const network = networkOf(request.ip)
  await limits.count('passwordReset', `${account} ${network}`, detail)
  await limits.count('passwordResetNetwork', network, detail)
  try {
    await limits.count('passwordResetAccount', account, detail)
    return true
  } catch (refusal) {
    if (refusal instanceof Problem && refusal.status === 429) return false
    throw refusal
  }
}
