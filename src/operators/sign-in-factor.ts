// Whether signing in to the shop needs a code. Operators sign in with their password, and the admin asks for their code.
import type { SignInFactor } from '../accounts/sign-in-factor.js'
import { isOperator } from './roles.js'
import { checkCode, hasFactor, type FactorDeps } from './second-factor.js'

export function signInFactor(deps: FactorDeps): SignInFactor {
  return {
    isNeeded: async (user) => !isOperator(user) && (await hasFactor(deps.database, user.id)),
    check: (userId, code) => checkCode(deps, userId, code),
  }
}
