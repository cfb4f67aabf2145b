// API operations for webhook endpoints.
import type Stripe from 'stripe'
import { invalidRequest, notFound } from '../api/errors.js'
import { listPage } from '../api/lists.js'
import { mergeMetadata } from '../api/metadata.js'
import { operation } from '../api/operation.js'
import { API_VERSION, type Account } from '../state/account.js'
import { newId } from '../state/identifiers.js'
import type { WebhookEndpoint } from '../wire.js'
import { checkUrl } from './urls.js'
import { withoutUndefined } from './without-undefined.js'
import { refuseUnsupported } from './unsupported-parameters.js'

export const webhookEndpointOperations = [
  operation<Stripe.WebhookEndpointCreateParams>('POST /v1/webhook_endpoints', ({ account }, params) => {
    refuseUnsupported(params, ['connect'])
    const endpoint = createEndpoint(account, {
      url: checkUrl(params.url, 'url'),
      enabledEvents: params.enabled_events,
      secret: newId('webhook_secret'),
    })
    const stored = account.update('webhook_endpoint', endpoint.id, {
      api_version: params.api_version ?? null,
      description: params.description || null,
      metadata: mergeMetadata({}, params.metadata),
    })
    return { ...stored, secret: account.get('endpoint_secret', endpoint.id).secret }
  }),

  operation<Stripe.WebhookEndpointListParams>('GET /v1/webhook_endpoints', (call, params) =>
    listPage(call, 'webhook_endpoint', call.account.all('webhook_endpoint'), params),
  ),

  operation('GET /v1/webhook_endpoints/{webhook_endpoint}', ({ account, id }) =>
    requireEndpoint(account, id),
  ),

  operation<Stripe.WebhookEndpointUpdateParams>(
    'POST /v1/webhook_endpoints/{webhook_endpoint}',
    ({ account, id }, params) => {
      const endpoint = requireEndpoint(account, id)
      const { description, disabled } = params
      return account.update('webhook_endpoint', id, {
        ...withoutUndefined({
          url: params.url === undefined ? undefined : checkUrl(params.url, 'url'),
          enabled_events:
            params.enabled_events === undefined ? undefined : checkEvents(params.enabled_events),
          status: disabled === undefined ? undefined : disabled ? 'disabled' : 'enabled',
        }),
        ...(description === undefined ? {} : { description: description || null }),
        metadata: mergeMetadata(endpoint.metadata, params.metadata),
      })
    },
  ),

  operation('DELETE /v1/webhook_endpoints/{webhook_endpoint}', ({ account, id }) => {
    requireEndpoint(account, id)
    account.remove('webhook_endpoint', id)
    account.remove('endpoint_secret', id)
    return { id, object: 'webhook_endpoint', deleted: true }
  }),
]

/** Stores an endpoint. Its secret is stored separately, as Stripe shows it only in the response to the creation. */
export function createEndpoint(
  account: Account,
  given: { url: string; enabledEvents: string[]; secret: string },
): WebhookEndpoint {
  const endpoint = account.save('webhook_endpoint', {
    id: newId('webhook_endpoint'),
    object: 'webhook_endpoint',
    api_version: API_VERSION,
    application: null,
    created: account.now(),
    description: null,
    enabled_events: checkEvents(given.enabledEvents),
    livemode: false,
    metadata: {},
    status: 'enabled',
    url: given.url,
  })
  account.save('endpoint_secret', { id: endpoint.id, secret: given.secret })
  return endpoint
}

function checkEvents(events: string[]): string[] {
  if (events.length === 0) throw invalidRequest('You must specify at least one event.', 'enabled_events')
  if (events.length > 1 && events.includes('*')) {
    throw invalidRequest(
      'The event type * includes all others, so it must be the only one.',
      'enabled_events',
    )
  }
  return [...new Set(events)]
}

function requireEndpoint(account: Account, id: string): WebhookEndpoint {
  const endpoint = account.find('webhook_endpoint', id)
  if (!endpoint) throw notFound('webhook_endpoint', id, 'webhook_endpoint')
  return endpoint
}
