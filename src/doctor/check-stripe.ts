// Checks Stripe's key and account: whether the key works and may read what the shop reads, and whether the account can sell.
import type Stripe from 'stripe'
import { isLoopback } from '../config.js'
import { isFromStripe, type StripeContext } from '../payments/stripe-client.js'
import { findingsOf, type Finding } from './finding.js'

const { ok, warning, fault } = findingsOf('stripe')

const KEYS_PAGE = 'https://dashboard.stripe.com/apikeys'

export interface StripeCheck {
  findings: Finding[]
  /** Whether Stripe accepts the key, so that more can be asked. */
  usable: boolean
}

export async function checkStripe(stripe: StripeContext): Promise<StripeCheck> {
  const found = await readAll(stripe)
  if ('fault' in found) return { findings: [found.fault], usable: false }
  const { hostname } = new URL(stripe.baseUrl)
  const isLocal = isLoopback(hostname)
  const mode = stripe.livemode ? 'live: real money moves' : 'test: no money moves'
  return {
    findings: [
      stripe.livemode && isLocal
        ? fault(
            `The key is a live key, and BASE_URL (${stripe.baseUrl}) is this machine's: shoppers could not come back from Stripe's page.`,
            'Set BASE_URL to the address that shoppers use, or use a test key.',
          )
        : ok(`Stripe accepts the key. Its mode is ${mode}.`),
      ...found.findings,
      ...(await accountFindings(stripe)),
    ],
    usable: true,
  }
}

/** What the shop reads at Stripe. A restricted key may lack the right to. */
const READS: readonly [string, (client: Stripe) => Promise<unknown>][] = [
  ['events', (client) => client.events.list({ limit: 1 })],
  ['checkout sessions', (client) => client.checkout.sessions.list({ limit: 1 })],
  ['refunds', (client) => client.refunds.list({ limit: 1 })],
  ['disputes', (client) => client.disputes.list({ limit: 1 })],
]

async function readAll({ client }: StripeContext): Promise<{ findings: Finding[] } | { fault: Finding }> {
  const [[, first], ...others] = READS as [(typeof READS)[number], ...(typeof READS)[number][]]
  // The first says whether the key works at all.
  const refused = await refusal(first(client))
  if (refused !== null && refused.type !== 'StripePermissionError') return { fault: unusable(refused) }
  const denied = (
    await Promise.all(
      others.map(async ([name, read]) => ((await refusal(read(client))) === null ? [] : [name])),
    )
  ).flat()
  if (refused !== null) denied.unshift(READS[0]?.[0] ?? '')
  if (denied.length === 0) return { findings: [] }
  return {
    findings: [
      fault(
        `The key may not read ${denied.join(', ')}.`,
        `Allow a restricted key to read events and disputes, and to write checkout sessions, refunds and customers: ${KEYS_PAGE}`,
      ),
    ],
  }
}

async function refusal(call: Promise<unknown>): Promise<Stripe.errors.StripeError | null> {
  try {
    await call
    return null
  } catch (error) {
    if (!isFromStripe(error)) throw error
    return error
  }
}

function unusable(error: Stripe.errors.StripeError): Finding {
  if (error.type === 'StripeAuthenticationError')
    return fault('Stripe refuses the key in STRIPE_SECRET_KEY.', `Copy it again from ${KEYS_PAGE}`)
  return fault(
    `Stripe can't be asked: ${error.message}`,
    'Allow connections to api.stripe.com, port 443, in the firewall, and look at https://status.stripe.com. If STRIPE_API_BASE is set, correct or remove it.',
  )
}

async function accountFindings({ client, livemode }: StripeContext): Promise<Finding[]> {
  let account: Stripe.Account
  try {
    account = await client.accounts.retrieveCurrent()
  } catch (error) {
    if (!isFromStripe(error)) throw error
    // A restricted key may not, and a sandbox has no account to ask about.
    return livemode
      ? [
          warning(
            `The key may not read the account, so nobody knows here whether it can take payments: ${error.message}`,
            'Look at https://dashboard.stripe.com/account/status',
          ),
        ]
      : []
  }
  const due = account.requirements?.currently_due ?? []
  const advice = 'Complete the account: https://dashboard.stripe.com/account/status'
  const missing = due.length > 0 ? ` Stripe wants: ${due.slice(0, 5).join(', ')}.` : ''
  if (!account.charges_enabled)
    return [
      livemode
        ? fault(`Stripe lets the account take no payments.${missing}`, advice)
        : warning(`Stripe would let the account take no payments in live mode.${missing}`, advice),
    ]
  if (!account.payouts_enabled)
    return [warning(`The account can take payments, and Stripe pays nothing out.${missing}`, advice)]
  return [ok('The account can take payments.')]
}
