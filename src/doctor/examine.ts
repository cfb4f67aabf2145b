// Examines a shop: runs every check at the same time, each within a limit.
import type { Config, StripeAccess } from '../config.js'
import { createStripeContext, type StripeContext } from '../payments/stripe-client.js'
import { checkAddress } from './check-address.js'
import { checkClock } from './check-clock.js'
import { checkDatabase, type DatabaseCheck } from './check-database.js'
import { checkDisk } from './check-disk.js'
import { checkMail } from './check-mail.js'
import { checkStripe, type StripeCheck } from './check-stripe.js'
import { checkEndpoint, checkSecrets } from './check-webhooks.js'
import { findingsOf, reasonOf, type Area, type Finding } from './finding.js'

/** What is examined: a configuration, and what it leads to. */
export interface Setup {
  config: Config
  /** Where the shop connects: DATABASE_URL, or the development PostgreSQL. */
  databaseUrl: string
  /** Null: neither an account nor the sandbox was ever set up. */
  access: StripeAccess | null
}

/** No check takes longer, whatever hangs. */
const LIMIT_SECONDS = 30

export async function examine({ config, databaseUrl, access }: Setup): Promise<Finding[]> {
  const stripe = access === null ? null : stripeOf(access, config)
  const noDatabase = (finding: Finding): DatabaseCheck => ({ findings: [finding], aheadMs: null })
  const noStripe = (finding: Finding): StripeCheck => ({ findings: [finding], usable: false })
  const [database, account, secrets, mail, address, disk] = await Promise.all([
    within('database', checkDatabase(databaseUrl, config), noDatabase),
    stripe === null ? noStripe(NO_STRIPE) : within('stripe', checkStripe(stripe), noStripe),
    stripe === null ? [] : within('webhooks', checkSecrets(stripe), alone),
    within('mail', checkMail(config), alone),
    within('address', checkAddress(config), alone),
    within('disk', checkDisk(config), alone),
  ])
  const endpoint =
    stripe === null || !account.usable ? [] : await within('webhooks', checkEndpoint(stripe), alone)
  // The clock was compared with each of Stripe's answers.
  const ahead = { stripe: stripe?.clock.skew() ?? null, database: database.aheadMs }
  return [
    ...configurationFindings(config),
    ...database.findings,
    ...account.findings,
    ...endpoint,
    ...secrets,
    ...mail,
    ...address,
    ...checkClock(ahead),
    ...disk,
  ]
}

/** Stripe, as the doctor needs it: no order is made, so the shop's mark is not needed. */
export function stripeOf(access: StripeAccess, config: Config): StripeContext {
  return createStripeContext(access, '', config)
}

const alone = (finding: Finding) => [finding]

async function within<Result>(
  area: Area,
  check: Promise<Result>,
  failed: (finding: Finding) => Result,
): Promise<Result> {
  const { fault } = findingsOf(area)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Result>((resolve) => {
    timer = setTimeout(
      () =>
        resolve(
          failed(
            fault(
              `Checking it took longer than ${LIMIT_SECONDS} seconds.`,
              'Something hangs there. Run the doctor again when it answers.',
            ),
          ),
        ),
      LIMIT_SECONDS * 1000,
    )
  })
  const done = check.catch((error: unknown) =>
    failed(fault(`It could not be checked: ${reasonOf(error)}`, 'Correct that, and run the doctor again.')),
  )
  return Promise.race([done, late]).finally(() => clearTimeout(timer))
}

const NO_STRIPE = findingsOf('stripe').fault(
  'There is no Stripe: STRIPE_SECRET_KEY is not set, and the local sandbox was never started.',
  'Set STRIPE_SECRET_KEY, or run "npm start" once.',
)

function configurationFindings({ production, warnings }: Config): Finding[] {
  const { ok, warning } = findingsOf('configuration')
  return [
    ok(
      production
        ? 'The variables are complete, and fit for production.'
        : 'The variables are those of development: NODE_ENV is not production.',
    ),
    ...warnings.map((words) => warning(words, '.env.example explains the variable.')),
  ]
}
