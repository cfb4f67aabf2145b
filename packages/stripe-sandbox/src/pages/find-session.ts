// Finds the session of a pay page.
import type { Request } from 'express'
import { Account, type Context } from '../state/account.js'
import { newId } from '../state/identifiers.js'
import type { Session } from '../wire.js'

/** The session and its account, for a request that the customer makes. */
export function findSession(
  context: Context,
  request: Request<{ session: string }>,
): { account: Account; session: Session } | undefined {
  const { session: id } = request.params
  const accountId = context.store.accountOf('checkout.session', id)
  if (accountId === undefined) return undefined
  const account = new Account(accountId, context, { id: newId('request'), idempotency_key: null })
  return { account, session: account.get('checkout.session', id) }
}
