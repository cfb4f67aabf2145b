// What the page of a reset link and the API do when a shopper chooses a new password.
import type { Database } from '../database/client.js'
import { addressKey, type RateLimits } from '../http/rate-limits.js'
import { passwordObjection } from './forms.js'
import { accountOfResetToken, resetPassword } from './password-reset.js'
import { hashPassword } from './passwords.js'
import type { SignedInUser } from './signed-in-user.js'

export type Reset =
  | { kind: 'done'; user: SignedInUser }
  /** Why this password can't be chosen. The link still works. */
  | { kind: 'refused'; objection: string }
  /** The link is used, expired or wrong. */
  | { kind: 'ended' }

/** Sets the password of the account that the link belongs to, and ends all its sessions and tokens. */
export async function completeReset(
  { database, limits }: { database: Database; limits: RateLimits },
  token: string,
  password: string,
  shopName: string,
): Promise<Reset> {
  const account = await accountOfResetToken(database, token)
  if (account === null) return { kind: 'ended' }
  const objection = await passwordObjection(password, account, shopName)
  if (objection !== null) return { kind: 'refused', objection }
  const user = await resetPassword(database, token, await hashPassword(password))
  if (user === null) return { kind: 'ended' }
  // The owner has proved that the account is theirs, and earlier failed attempts were for the old password.
  const key = addressKey(account.email)
  await limits.forgetAll('signIn', `${key} `)
  await limits.forget('signInAccount', key)
  return { kind: 'done', user }
}
