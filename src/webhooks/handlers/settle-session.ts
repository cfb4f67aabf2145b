// What the session events share: read the session, see whose it is, settle its order.
import { sessionFacts, UnreadableSession } from '../../payments/session-facts.js'
import { settle } from '../../payments/settle.js'
import type { HandlerContext } from '../dispatch.js'
import type { Outcome } from '../outcomes.js'
import type { SignedEvent } from '../verify.js'

/** @param failed the event says that the money of a completed session will not come */
export async function settleSession(
  event: SignedEvent,
  context: HandlerContext,
  failed = false,
): Promise<Outcome> {
  try {
    const facts = sessionFacts(event.object, failed)
    if (facts.appId !== context.appId) {
      return {
        kind: 'not_ours',
        detail: facts.appId === null ? 'no app in its metadata' : `app ${facts.appId}`,
      }
    }
    const settlement = await settle(context.tx, facts, context.mail)
    switch (settlement.kind) {
      case 'settled':
        return { kind: 'done', orderId: settlement.orderId }
      case 'unknown_order':
        return { kind: 'quarantined', detail: `no order has the key ${facts.orderKey}`, orderId: null }
      case 'quarantined':
        return { kind: 'quarantined', detail: settlement.reason, orderId: settlement.orderId }
    }
  } catch (error) {
    if (error instanceof UnreadableSession)
      return { kind: 'quarantined', detail: error.message, orderId: null }
    throw error
  }
}
