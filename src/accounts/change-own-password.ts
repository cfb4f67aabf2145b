// What the account's page and the API do when a shopper changes their password.
import type { Database } from '../database/client.js'
import type { RateLimits } from '../http/rate-limits.js'
import { t } from '../messages/index.js'
import { passwordObjection } from './forms.js'
import { hashPassword, isPassword } from './passwords.js'
import { changePassword } from './set-password.js'
import type { SignedInUser } from './signed-in-user.js'
import type { FieldErrors } from './view-models.js'

/**
 * Changes the password, which ends all sessions and tokens.
 * @returns the user to sign in again, or what is wrong with the fields
 * @throws Problem 429 after too many wrong passwords
 */
export async function changeOwnPassword(
  { database, limits }: { database: Database; limits: RateLimits },
  id: number,
  { currentPassword, password }: { currentPassword: string; password: string },
  shopName: string,
): Promise<{ user: SignedInUser } | { errors: FieldErrors }> {
  const account = await database.prisma.user.findUniqueOrThrow({ where: { id } })
  const objection = await passwordObjection(password, account, shopName)
  if (objection !== null) return { errors: { password: objection } }
  await limits.count('passwordChange', String(id), t().accounts.tooManyPasswords)
  const isRight = await isPassword(currentPassword, account.passwordHash)
  const user =
    isRight && (await changePassword(database, id, account.passwordHash, await hashPassword(password)))
  if (!user) return { errors: { currentPassword: t().accounts.currentIncorrect } }
  await limits.forget('passwordChange', String(id))
  return { user }
}
