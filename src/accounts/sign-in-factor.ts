// What signing in needs of the second factor, which a higher module has (src/operators/second-factor.ts).
import type { SignedInUser } from './signed-in-user.js'

export interface SignInFactor {
  /** Whether this account signs in with a code too. */
  isNeeded(user: Pick<SignedInUser, 'id' | 'role'>): Promise<boolean>
  /**
   * Checks a code of the app, or a recovery code. Each counts once.
   * @throws Problem 429 after too many wrong codes
   */
  check(userId: number, code: string): Promise<boolean>
}
