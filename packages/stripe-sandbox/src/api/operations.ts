// All API operations, and which one a request calls.
import { cliSessionOperations } from '../cli/session-operation.js'
import { balanceTransactionOperations } from '../resources/balance-transactions.js'
import { chargeOperations } from '../resources/charges.js'
import { checkoutSessionOperations } from '../resources/checkout-sessions.js'
import { couponOperations } from '../resources/coupons.js'
import { customerOperations } from '../resources/customers.js'
import { disputeOperations } from '../resources/disputes.js'
import { earlyFraudWarningOperations } from '../resources/early-fraud-warnings.js'
import { fileOperations } from '../resources/files.js'
import { eventOperations } from '../resources/events.js'
import { invoiceItemOperations } from '../resources/invoice-items.js'
import { invoicePaymentOperations } from '../resources/invoice-payments.js'
import { invoiceOperations } from '../resources/invoices.js'
import { paymentIntentOperations } from '../resources/payment-intents.js'
import { paymentLinkOperations } from '../resources/payment-links.js'
import { paymentMethodOperations } from '../resources/payment-methods.js'
import { paymentPageOperations } from '../resources/payment-pages.js'
import { portalOperations } from '../resources/portal.js'
import { priceOperations } from '../resources/prices.js'
import { productOperations } from '../resources/products.js'
import { promotionCodeOperations } from '../resources/promotion-codes.js'
import { refundOperations } from '../resources/refunds.js'
import { setupIntentOperations } from '../resources/setup-intents.js'
import { sourceOperations } from '../resources/sources.js'
import { subscriptionOperations } from '../resources/subscriptions.js'
import { taxIdOperations } from '../resources/tax-ids.js'
import { taxRateOperations } from '../resources/tax-rates.js'
import { taxSettingsOperations } from '../resources/tax-settings.js'
import { testClockOperations } from '../resources/test-clocks.js'
import { webhookEndpointOperations } from '../resources/webhook-endpoints.js'
import { shippingRateOperations } from '../resources/shipping-rates.js'
import { StripeApiError } from './errors.js'
import type { Operation } from './operation.js'

const OPERATIONS: readonly Operation[] = [
  ...checkoutSessionOperations,
  ...paymentPageOperations,
  ...productOperations,
  ...priceOperations,
  ...couponOperations,
  ...promotionCodeOperations,
  ...shippingRateOperations,
  ...taxRateOperations,
  ...taxIdOperations,
  ...taxSettingsOperations,
  ...customerOperations,
  ...paymentMethodOperations,
  ...paymentIntentOperations,
  ...setupIntentOperations,
  ...sourceOperations,
  ...subscriptionOperations,
  ...invoiceOperations,
  ...invoiceItemOperations,
  ...invoicePaymentOperations,
  ...testClockOperations,
  ...paymentLinkOperations,
  ...portalOperations,
  ...chargeOperations,
  ...refundOperations,
  ...disputeOperations,
  ...fileOperations,
  ...earlyFraudWarningOperations,
  ...balanceTransactionOperations,
  ...eventOperations,
  ...webhookEndpointOperations,
  ...cliSessionOperations,
]

const patterns = OPERATIONS.map((operation) => {
  const [method = '', path = ''] = operation.name.split(' ')
  return { operation, method, pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '([^/]+)')}$`) }
})

export function findOperation(method: string, path: string): { operation: Operation; id: string } {
  for (const { operation, method: wanted, pattern } of patterns) {
    const match = wanted === method ? pattern.exec(path) : null
    if (match && !isReservedWord(match[1])) return { operation, id: decoded(match[1] ?? '') }
  }
  throw new StripeApiError(404, {
    type: 'invalid_request_error',
    message: `Unrecognized request URL (${method}: ${path}). If you are trying to list objects, remove the trailing slash. If you are trying to retrieve an object, make sure you passed a valid (non-empty) identifier in your code. This is the sandbox: it supports a part of Stripe's API.`,
  })
}

/** Words that Stripe accepts in place of an id and the sandbox does not. */
function isReservedWord(id: string | undefined): boolean {
  return id === 'search' || id === 'upcoming'
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
