// What code needs that calls Stripe and settles the answer.
import type { Database } from '../database/client.js'
import type { Logger } from '../http/logging.js'
import type { ReadSettings } from '../settings/read-settings.js'
import type { SettleDeps } from './settle.js'
import type { StripeContext } from './stripe-client.js'

export interface PaymentDeps extends SettleDeps {
  database: Database
  stripe: StripeContext
  settings: ReadSettings
  log: Logger
}
