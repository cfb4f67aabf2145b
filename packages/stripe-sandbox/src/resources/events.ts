// API operations for events.
import type Stripe from 'stripe'
import { invalidRequest, notFound } from '../api/errors.js'
import { inRange, listPage } from '../api/lists.js'
import { operation } from '../api/operation.js'
import type { Account } from '../state/account.js'
import type { Event } from '../wire.js'
import { hasReceived } from '../state/delivery-targets.js'
import { resend, resendThroughCli, resendToAll } from '../webhooks/resend.js'

/** How long Stripe lists events. */
const RETENTION_SECONDS = 30 * 24 * 60 * 60

const MAX_TYPES = 20

interface RetryParams {
  webhook_endpoint?: string
  /** Sent by `stripe events resend` when no endpoint is named. */
  for_stripecli?: boolean
}

export const eventOperations = [
  operation<Stripe.EventListParams>('GET /v1/events', (call, params) => {
    const { type, types, created, delivery_success: delivered } = params
    if (type !== undefined && types !== undefined) {
      throw invalidRequest('You may only specify one of these parameters: type, types.', 'type')
    }
    if (types && types.length > MAX_TYPES) {
      throw invalidRequest(`You can specify up to ${MAX_TYPES} event types.`, 'types')
    }
    const patterns = types ?? (type === undefined ? undefined : [type])
    const { account } = call
    return listPage(
      call,
      'event',
      account.all('event'),
      params,
      (event) =>
        event.created > account.now() - RETENTION_SECONDS &&
        (patterns?.some((pattern) => matchesPattern(event.type, pattern)) ?? true) &&
        (delivered === undefined || delivered === isDelivered(account, event)) &&
        inRange(event.created, created),
    )
  }),

  operation('GET /v1/events/{id}', ({ account, id }) => requireEvent(account, id)),

  operation<RetryParams>('POST /v1/events/{id}/retry', ({ account, id }, params) => {
    const event = requireEvent(account, id)
    if (params.webhook_endpoint !== undefined) resend(account, event.id, params.webhook_endpoint)
    else if (params.for_stripecli === true) resendThroughCli(account, event.id)
    else resendToAll(account, event.id)
    return event
  }),
]

/** A pattern such as `charge.*` matches every type with that prefix. */
function matchesPattern(type: string, pattern: string): boolean {
  return pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern
}

function isDelivered(account: Account, event: Event): boolean {
  return (account.find('deliveries', event.id)?.targets ?? []).every(hasReceived)
}

function requireEvent(account: Account, id: string): Event {
  const event = account.find('event', id)
  if (!event) throw notFound('event', id)
  return event
}
