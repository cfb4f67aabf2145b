// The request with which `stripe listen` and `stripe logs tail` begin.
import { invalidRequest, missingParameter, unsupported } from '../api/errors.js'
import { operation } from '../api/operation.js'
import { API_VERSION } from '../state/account.js'
import { newId } from '../state/identifiers.js'
import { logFilters } from './log-filters.js'

interface SessionParams {
  device_name?: string
  websocket_features?: string[]
  forward_to_url?: string
  filters?: string
}

/** The features of a session, and the name Stripe gives each one when it authorizes the session. */
const AUTHORIZED_AS: Record<string, string | null> = {
  webhooks: 'webhook-payloads',
  request_logs: 'request-log-payloads',
  // `stripe listen` also asks for thin events when it is started without options.
  v2_events: null,
}

/** Not part of the public API: only the official CLI sends this request. */
export const cliSessionOperations = [
  operation<SessionParams>('POST /v1/stripecli/sessions', ({ account, host }, params) => {
    const features = params.websocket_features ?? []
    if (features.length === 0) throw missingParameter('websocket_features')
    const unknown = features.find((feature) => AUTHORIZED_AS[feature] === undefined)
    if (unknown !== undefined) {
      throw invalidRequest(`Invalid websocket_features: ${unknown}`, 'websocket_features')
    }
    const authorized = features.map((feature) => AUTHORIZED_AS[feature]).find((name) => name)
    if (!authorized) throw unsupported('thin events', 'websocket_features')
    const filters = params.filters || '{}'
    logFilters(filters)

    const { cliReconnectSeconds, listenSecret } = account.context
    const session = account.save('cli_session', {
      id: newId('cli_session'),
      features,
      forwardsTo: params.forward_to_url || null,
      filters,
      connected: false,
    })
    return {
      default_version: API_VERSION,
      display_connect_filter_warning: false,
      latest_version: API_VERSION,
      reconnect_delay: cliReconnectSeconds,
      secret: listenSecret(account.id),
      websocket_authorized_feature: authorized,
      websocket_id: session.id,
      websocket_url: `ws://${webSocketHost(host)}/subscribe/${account.id}`,
    }
  }),
]

/**
 * Over the Unix socket the CLI behaves as if it talked to Stripe, and connects to the socket whatever the URL says. With
 * this host name it also ignores a proxy named by the environment.
 */
function webSocketHost(host: string): string {
  return host === 'api.stripe.com' ? 'sandbox.dev.stripe.me' : host
}
