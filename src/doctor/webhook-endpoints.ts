// The endpoints at Stripe that lead to this shop: finds them, and creates or updates one.
import type Stripe from 'stripe'
import { STRIPE_API_VERSION, type StripeContext } from '../payments/stripe-client.js'
import { SUBSCRIBED_TYPES } from '../webhooks/dispatch.js'

const PATH = '/stripe/webhook'
/** Both lead to the same code. */
const PATHS = [PATH, '/api/payments/webhook']

export const endpointUrl = ({ baseUrl }: Pick<StripeContext, 'baseUrl'>) => `${baseUrl}${PATH}`

/** The endpoints whose address is this shop's, however it is written. */
export async function findEndpoints(stripe: StripeContext): Promise<Stripe.WebhookEndpoint[]> {
  const found: Stripe.WebhookEndpoint[] = []
  for await (const endpoint of stripe.client.webhookEndpoints.list({ limit: 100 }))
    if (isOurs(endpoint.url, stripe.baseUrl)) found.push(endpoint)
  return found
}

function isOurs(url: string, baseUrl: string): boolean {
  if (!URL.canParse(url)) return false
  const { origin, pathname } = new URL(url)
  return origin === new URL(baseUrl).origin && PATHS.includes(pathname.replace(/\/$/, '').toLowerCase())
}

export interface Registered {
  endpoint: Stripe.WebhookEndpoint
  /** Stripe shows it only once, when the endpoint is created. Null: it was there before. */
  secret: string | null
}

/** Creates the endpoint with exactly the events that the shop handles, or makes the one that is there so. */
export async function registerEndpoint(stripe: StripeContext): Promise<Registered> {
  const enabled_events = SUBSCRIBED_TYPES as Stripe.WebhookEndpointCreateParams.EnabledEvent[]
  const [existing] = await findEndpoints(stripe)
  if (existing) {
    const endpoint = await stripe.client.webhookEndpoints.update(existing.id, {
      enabled_events,
      disabled: false,
    })
    return { endpoint, secret: null }
  }
  const endpoint = await stripe.client.webhookEndpoints.create({
    url: endpointUrl(stripe),
    enabled_events,
    api_version: STRIPE_API_VERSION,
    description: 'Till',
  })
  if (endpoint.secret === undefined)
    throw new Error(`Stripe made ${endpoint.id} and did not tell its secret.`)
  return { endpoint, secret: endpoint.secret }
}
