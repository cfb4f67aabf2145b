// Counting a completed session against the limits of coupons, promotion codes and payment links.
import type { Account } from '../state/account.js'
import type { Session } from '../wire.js'
import { previousValues } from '../resources/previous-values.js'
import { countRedemption } from './session-discount.js'

/** Call once for each completed session. */
export function countSale(account: Account, session: Session): void {
  countRedemption(account, session)
  const link = account.find('payment_link', session.payment_link)
  if (!link?.restrictions) return
  const { count, limit } = link.restrictions.completed_sessions
  const updated = account.update('payment_link', link.id, {
    active: link.active && count + 1 < limit,
    restrictions: { completed_sessions: { count: count + 1, limit } },
  })
  // At its limit, a link turns inactive by itself.
  if (link.active && !updated.active)
    account.emit('payment_link.updated', updated, previousValues(link, updated))
}
