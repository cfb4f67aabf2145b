// Checks the endpoint at Stripe, and that what Stripe signs with our secret arrives unchanged at the shop that runs.
import Stripe from 'stripe'
import { z } from 'zod'
import { isLoopback } from '../config.js'
import { isFromStripe, STRIPE_API_VERSION, type StripeContext } from '../payments/stripe-client.js'
import { HANDLED_TYPES, SUBSCRIBED_TYPES } from '../webhooks/dispatch.js'
import { findingsOf, reasonOf, type Finding } from './finding.js'
import { endpointUrl, findEndpoints } from './webhook-endpoints.js'

const { ok, warning, fault } = findingsOf('webhooks')

const REGISTER = 'Run "npm run doctor -- --register-endpoint".'
const ANSWER_MS = 10_000
/** Stripe's list takes at most this many types. */
const MOST_TYPES = 20
/** Deliveries that are younger may still be on their way. */
const SETTLED_SECONDS = 600
const DAY_SECONDS = 86_400

/** What Stripe sends where. */
export async function checkEndpoint(stripe: StripeContext): Promise<Finding[]> {
  try {
    const endpoints = await findEndpoints(stripe)
    const [endpoint, ...others] = endpoints
    if (endpoint === undefined) return [noEndpoint(stripe)]
    return [
      ...endpointFindings(stripe, endpoint),
      ...(others.length > 0
        ? [
            warning(
              `${endpoints.length} endpoints at Stripe lead here, so each event comes ${endpoints.length} times: ${endpoints.map(({ id }) => id).join(', ')}.`,
              'Delete all but one: https://dashboard.stripe.com/webhooks',
            ),
          ]
        : []),
      ...(await undelivered(stripe)),
    ]
  } catch (error) {
    if (!isFromStripe(error)) throw error
    return [
      warning(
        `The endpoints at Stripe could not be read: ${error.message}`,
        'Allow a restricted key to read webhook endpoints, or compare the endpoint yourself: https://dashboard.stripe.com/webhooks',
      ),
    ]
  }
}

function noEndpoint(stripe: StripeContext): Finding {
  const url = endpointUrl(stripe)
  if (isLoopback(new URL(url).hostname))
    return warning(
      `No endpoint at Stripe sends events to ${url}, which Stripe can't reach from outside.`,
      'While developing, run "stripe listen --all-snapshot --forward-to …/stripe/webhook".',
    )
  return fault(`No endpoint at Stripe sends events to ${url}: paid orders stay unpaid here.`, REGISTER)
}

function endpointFindings(stripe: StripeContext, endpoint: Stripe.WebhookEndpoint): Finding[] {
  const { id, url, status, enabled_events: events, api_version: version } = endpoint
  const isAll = events.includes('*')
  const missing = isAll ? [] : SUBSCRIBED_TYPES.filter((type) => !events.includes(type))
  const needed = missing.filter((type) => HANDLED_TYPES.includes(type))
  const surplus = isAll ? ['* (all types)'] : events.filter((type) => !SUBSCRIBED_TYPES.includes(type))
  return [
    status === 'enabled'
      ? ok(`The endpoint ${id} at Stripe sends events to ${url}.`)
      : fault(`The endpoint ${id} at Stripe (${url}) is ${status}: no event comes.`, REGISTER),
    ...(needed.length > 0
      ? [fault(`The endpoint lacks events that the shop needs: ${needed.join(', ')}.`, REGISTER)]
      : missing.length > 0
        ? [
            warning(
              `The endpoint lacks ${missing.join(', ')}: the admin can't show why cards were declined.`,
              REGISTER,
            ),
          ]
        : surplus.length > 0
          ? [
              warning(
                `The endpoint also sends events that the shop ignores: ${surplus.join(', ')}.`,
                `They cost time, and change nothing. ${REGISTER}`,
              ),
            ]
          : [ok(`It sends exactly the ${SUBSCRIBED_TYPES.length} types of events that the shop handles.`)]),
    version === STRIPE_API_VERSION
      ? ok(`Its events have the API version that the shop reads, ${STRIPE_API_VERSION}.`)
      : warning(
          `Its events have the API version ${version ?? 'of the account'}, and the shop reads ${STRIPE_API_VERSION}.`,
          `Stripe can't change it. Delete the endpoint at https://dashboard.stripe.com/webhooks. ${REGISTER} Then set the new secret. Events that are missed meanwhile are fetched.`,
        ),
    ...(endpoint.livemode === stripe.livemode
      ? []
      : [fault('The endpoint is of the other mode than the key.', REGISTER)]),
  ]
}

/** Events of the last day that no endpoint has accepted. */
async function undelivered({ client }: StripeContext): Promise<Finding[]> {
  const now = Math.floor(Date.now() / 1000)
  const { data } = await client.events.list({
    types: SUBSCRIBED_TYPES.slice(0, MOST_TYPES),
    delivery_success: false,
    created: { gte: now - DAY_SECONDS, lte: now - SETTLED_SECONDS },
    limit: 100,
  })
  if (data.length === 0) return [ok('Stripe could deliver every event of the last day.')]
  return [
    warning(
      `Stripe could not deliver ${data.length === 100 ? 'at least 100' : data.length} events of the last day.`,
      'If STRIPE_WEBHOOK_SECRET is another endpoint’s, set that of this one. The shop fetches missed events every few minutes, so none is lost.',
    ),
  ]
}

const problemShape = z.object({ code: z.string(), detail: z.string() })

/**
 * Sends what each secret signs through the public address. It is no event, so nothing is stored: the shop's refusal says
 * whether it knows the secret.
 */
export async function checkSecrets(stripe: StripeContext): Promise<Finding[]> {
  const url = endpointUrl(stripe)
  const findings: Finding[] = []
  for (const [index, secret] of stripe.webhookSecrets.entries()) {
    const which = stripe.webhookSecrets.length === 1 ? 'the secret' : `secret ${index + 1}`
    findings.push(await checkSecret(url, secret, which))
  }
  return findings
}

async function checkSecret(url: string, secret: string, which: string): Promise<Finding> {
  const payload = JSON.stringify({ object: 'doctor' })
  const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret })
  let answer: { status: number; code: string; detail: string }
  try {
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'Content-Type': 'application/json', 'Stripe-Signature': signature },
      body: payload,
      signal: AbortSignal.timeout(ANSWER_MS),
    })
    const problem = problemShape.safeParse(await response.json().catch(() => null))
    answer = { status: response.status, ...(problem.data ?? { code: '', detail: '' }) }
  } catch (error) {
    return fault(
      `What Stripe sends to ${url} does not arrive: ${reasonOf(error)}.`,
      'Start the shop, and let the proxy pass this address on.',
    )
  }
  if (answer.status === 400 && answer.code === 'not_an_event')
    return ok(`What is signed with ${which} arrives unchanged at ${url}.`)
  if (answer.status === 400 && answer.code === 'signature_invalid')
    return fault(
      `The shop that runs refuses what is signed with ${which} of STRIPE_WEBHOOK_SECRET.`,
      'Restart every process with the secret that is set here. If that is so already, the proxy changes bodies: it must not.',
    )
  if (answer.status === 400 && answer.code === 'signature_too_old')
    return fault(
      'The shop takes a new signature for an old one.',
      'Correct the clocks: run NTP on each machine.',
    )
  if (answer.status === 503)
    return fault(`The shop answers deliveries with 503: ${answer.detail}`, 'Look at /readyz.')
  return fault(
    `${url} answers ${answer.status}, which the shop would not.`,
    'Let the proxy pass POST requests of this address on to the shop, without a sign-in, a cache or a redirect.',
  )
}
