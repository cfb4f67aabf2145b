// Creates an account.
import type { Database } from '../database/client.js'
import { networkOf } from '../http/network.js'
import type { RateLimits } from '../http/rate-limits.js'
import { currentLanguage, t } from '../messages/index.js'
import { askToVerify } from './email-verification.js'
import { passwordObjection } from './forms.js'
import { hashPassword } from './passwords.js'
import type { SignedInUser } from './signed-in-user.js'

export type Registration =
  | { kind: 'created'; user: SignedInUser }
  /** Why this password can't be chosen. */
  | { kind: 'refused'; objection: string }
  /** The address has an account. */
  | { kind: 'taken' }

/**
 * Creates the account and mails a link that verifies its address.
 * @param ip of the request
 * @throws Problem 429 after too many new accounts of one network
 */
export async function register(
  { database, limits, baseUrl }: { database: Database; limits: RateLimits; baseUrl: string },
  { name, email, password }: { name: string; email: string; password: string },
  ip: string | undefined,
  shopName: string,
): Promise<Registration> {
  await limits.count('register', networkOf(ip), t().accounts.tooManyAccounts)
  const objection = await passwordObjection(password, { name, email }, shopName)
  if (objection !== null) return { kind: 'refused', objection }
  const passwordHash = await hashPassword(password)
  return database.prisma.$transaction(async (tx) => {
    const data = { name, email, passwordHash, locale: currentLanguage() }
    const { count } = await tx.user.createMany({ data, skipDuplicates: true })
    if (count === 0) return { kind: 'taken' }
    const user = await tx.user.findUniqueOrThrow({ where: { email } })
    await askToVerify(tx, baseUrl, user)
    const { id, role, credentialVersion } = user
    return { kind: 'created', user: { id, email, name, role, credentialVersion } }
  })
}
