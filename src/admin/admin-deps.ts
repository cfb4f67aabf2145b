// What the operator's pages are made with.
import type { Config } from '../config.js'
import type { RateLimits } from '../http/rate-limits.js'
import type { PaymentDeps } from '../payments/payment-deps.js'
import type { Inbox } from '../webhooks/inbox.js'

export interface AdminDeps extends PaymentDeps {
  config: Pick<
    Config,
    | 'production'
    | 'baseUrl'
    | 'host'
    | 'port'
    | 'databaseUrl'
    | 'dataDir'
    | 'smtpUrl'
    | 'checkoutOrigin'
    | 'warnings'
    | 'sessionSecrets'
    | 'operatorEmail'
    | 'trustProxy'
    | 'metricsToken'
    | 'backlogLimitSeconds'
    | 'webConcurrency'
    | 'mailFrom'
    | 'logLevel'
  >
  limits: RateLimits
  inbox: Inbox
}
