// The operator's pages: who may open them, and the routers of their parts.
import { Router } from 'express'
import { notFound } from '../http/problem.js'
import type { AdminDeps } from './admin-deps.js'
import { auditPages } from './audit.js'
import { answerErrors } from './errors.js'
import { checkoutPages } from './checkouts.js'
import { customerPages } from './customers.js'
import { eraseCustomerPages } from './erase-customer.js'
import { disputeAnswerPages } from './dispute.js'
import { discountPages } from './discounts.js'
import { disputePages } from './disputes.js'
import { eventPages } from './events.js'
import { factorProved, freshSession, onBehalf, operatorsOnly } from './guard.js'
import { guestPages } from './guest.js'
import { healthPages } from './health.js'
import { homePages } from './home.js'
import { incidentPages } from './incidents.js'
import { mailPages } from './mails.js'
import { numbersPages } from './numbers.js'
import { operatorsPages } from './operators.js'
import { orderPages } from './order-page.js'
import { orderRecordPages } from './order-records.js'
import { paymentPages } from './payments.js'
import { policiesPages } from './policies.js'
import { reconciliationPages } from './reconciliation.js'
import { productImportPages } from './product-import.js'
import { productPages } from './product-edit.js'
import { productStockPages } from './product-stock.js'
import { productStripePages } from './product-stripe.js'
import { productListPages } from './products.js'
import { refundPages } from './refund.js'
import { returnPages } from './returns.js'
import { orderListPages } from './orders.js'
import { factorPages, securityPages } from './security.js'
import { settingsPages } from './settings.js'
import { shippingPages } from './ship-orders.js'
import { shippingRatePages } from './shipping-rates.js'

/** What operators see, in the order of the navigation. */
const PARTS = [
  homePages,
  numbersPages,
  reconciliationPages,
  orderListPages,
  shippingPages,
  refundPages,
  orderPages,
  orderRecordPages,
  returnPages,
  disputePages,
  disputeAnswerPages,
  incidentPages,
  eventPages,
  mailPages,
  checkoutPages,
  productListPages,
  productImportPages,
  productPages,
  productStockPages,
  productStripePages,
  customerPages,
  eraseCustomerPages,
  guestPages,
  paymentPages,
  healthPages,
  auditPages,
  shippingRatePages,
  discountPages,
  policiesPages,
  settingsPages,
  operatorsPages,
  securityPages,
]

/** All paths begin with /admin. Visitors who are no operators get the page of an unknown address. */
export function adminPages(deps: AdminDeps): Router {
  const router = Router()
  router.use('/admin', operatorsOnly, freshSession, onBehalf)
  router.use(factorPages(deps))
  router.use('/admin', factorProved(deps))
  for (const pages of PARTS) router.use(pages(deps))
  router.use('/admin', () => {
    throw notFound()
  })
  router.use('/admin', answerErrors)
  return router
}
