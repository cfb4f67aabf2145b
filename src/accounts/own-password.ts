// Asks for the account's password again before what a stolen session must not do.
import type { Database } from '../database/client.js'
import type { RateLimits } from '../http/rate-limits.js'
import { t } from '../messages/index.js'
import { isPassword } from './passwords.js'

/**
 * Whether this is the account's password.
 * @throws Problem 429 after too many wrong passwords
 */
export async function isOwnPassword(
  { database, limits }: { database: Pick<Database, 'prisma'>; limits: RateLimits },
  userId: number,
  typed: string,
): Promise<boolean> {
  await limits.count('passwordChange', String(userId), t().accounts.tooManyPasswords)
  const { passwordHash } = await database.prisma.user.findUniqueOrThrow({ where: { id: userId } })
  if (!(await isPassword(typed, passwordHash))) return false
  await limits.forget('passwordChange', String(userId))
  return true
}
