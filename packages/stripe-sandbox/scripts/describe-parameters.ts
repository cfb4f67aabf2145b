// Describes request parameters as text, one line each, from the SDK's types.
import Stripe from 'stripe'
import ts from 'typescript'
import { alternatives, isDecimal, type SdkTypes } from './sdk-types.js'

/** The sandbox's operations that the SDK has too, and the SDK's name for their parameters. */
export const OPERATIONS: Record<string, string> = {
  'POST /v1/checkout/sessions': 'Checkout.SessionCreateParams',
  'GET /v1/checkout/sessions': 'Checkout.SessionListParams',
  'GET /v1/checkout/sessions/{session}': 'Checkout.SessionRetrieveParams',
  'POST /v1/checkout/sessions/{session}': 'Checkout.SessionUpdateParams',
  'POST /v1/checkout/sessions/{session}/expire': 'Checkout.SessionExpireParams',
  'GET /v1/checkout/sessions/{session}/line_items': 'Checkout.SessionListLineItemsParams',
  'POST /v1/products': 'ProductCreateParams',
  'GET /v1/products': 'ProductListParams',
  'GET /v1/products/{id}': 'ProductRetrieveParams',
  'POST /v1/products/{id}': 'ProductUpdateParams',
  'DELETE /v1/products/{id}': 'ProductDeleteParams',
  'POST /v1/prices': 'PriceCreateParams',
  'GET /v1/prices': 'PriceListParams',
  'GET /v1/prices/{price}': 'PriceRetrieveParams',
  'POST /v1/prices/{price}': 'PriceUpdateParams',
  'POST /v1/coupons': 'CouponCreateParams',
  'GET /v1/coupons': 'CouponListParams',
  'GET /v1/coupons/{coupon}': 'CouponRetrieveParams',
  'POST /v1/coupons/{coupon}': 'CouponUpdateParams',
  'DELETE /v1/coupons/{coupon}': 'CouponDeleteParams',
  'POST /v1/promotion_codes': 'PromotionCodeCreateParams',
  'POST /v1/shipping_rates': 'ShippingRateCreateParams',
  'GET /v1/shipping_rates': 'ShippingRateListParams',
  'GET /v1/shipping_rates/{shipping_rate}': 'ShippingRateRetrieveParams',
  'POST /v1/shipping_rates/{shipping_rate}': 'ShippingRateUpdateParams',
  'POST /v1/tax_rates': 'TaxRateCreateParams',
  'GET /v1/tax_rates': 'TaxRateListParams',
  'GET /v1/tax_rates/{tax_rate}': 'TaxRateRetrieveParams',
  'POST /v1/tax_rates/{tax_rate}': 'TaxRateUpdateParams',
  'GET /v1/tax/settings': 'Tax.SettingsRetrieveParams',
  'POST /v1/tax/settings': 'Tax.SettingsUpdateParams',
  'POST /v1/customers/{customer}/tax_ids': 'CustomerCreateTaxIdParams',
  'GET /v1/customers/{customer}/tax_ids': 'CustomerListTaxIdsParams',
  'GET /v1/customers/{customer}/tax_ids/{id}': 'CustomerRetrieveTaxIdParams',
  'DELETE /v1/customers/{customer}/tax_ids/{id}': 'CustomerDeleteTaxIdParams',
  'GET /v1/radar/early_fraud_warnings': 'Radar.EarlyFraudWarningListParams',
  'GET /v1/radar/early_fraud_warnings/{early_fraud_warning}': 'Radar.EarlyFraudWarningRetrieveParams',
  'GET /v1/promotion_codes': 'PromotionCodeListParams',
  'GET /v1/promotion_codes/{promotion_code}': 'PromotionCodeRetrieveParams',
  'POST /v1/promotion_codes/{promotion_code}': 'PromotionCodeUpdateParams',
  'POST /v1/customers': 'CustomerCreateParams',
  'GET /v1/customers': 'CustomerListParams',
  'GET /v1/customers/{customer}': 'CustomerRetrieveParams',
  'POST /v1/customers/{customer}': 'CustomerUpdateParams',
  'DELETE /v1/customers/{customer}': 'CustomerDeleteParams',
  'POST /v1/payment_methods': 'PaymentMethodCreateParams',
  'GET /v1/payment_methods/{payment_method}': 'PaymentMethodRetrieveParams',
  'GET /v1/customers/{customer}/payment_methods': 'CustomerListPaymentMethodsParams',
  'GET /v1/payment_methods': 'PaymentMethodListParams',
  'POST /v1/payment_methods/{payment_method}': 'PaymentMethodUpdateParams',
  'POST /v1/payment_methods/{payment_method}/attach': 'PaymentMethodAttachParams',
  'POST /v1/payment_methods/{payment_method}/detach': 'PaymentMethodDetachParams',
  'POST /v1/setup_intents': 'SetupIntentCreateParams',
  'GET /v1/setup_intents': 'SetupIntentListParams',
  'GET /v1/setup_intents/{intent}': 'SetupIntentRetrieveParams',
  'POST /v1/setup_intents/{intent}': 'SetupIntentUpdateParams',
  'POST /v1/setup_intents/{intent}/confirm': 'SetupIntentConfirmParams',
  'POST /v1/setup_intents/{intent}/cancel': 'SetupIntentCancelParams',
  'POST /v1/customers/{customer}/sources': 'CustomerCreateSourceParams',
  'GET /v1/customers/{customer}/sources': 'CustomerListSourcesParams',
  'GET /v1/customers/{customer}/sources/{id}': 'CustomerRetrieveSourceParams',
  'POST /v1/customers/{customer}/sources/{id}': 'CustomerUpdateSourceParams',
  'POST /v1/subscriptions': 'SubscriptionCreateParams',
  'GET /v1/subscriptions': 'SubscriptionListParams',
  'GET /v1/subscriptions/{subscription}': 'SubscriptionRetrieveParams',
  'POST /v1/subscriptions/{subscription}': 'SubscriptionUpdateParams',
  'POST /v1/subscriptions/{subscription}/resume': 'SubscriptionResumeParams',
  'DELETE /v1/subscriptions/{subscription}': 'SubscriptionCancelParams',
  'POST /v1/invoices': 'InvoiceCreateParams',
  'GET /v1/invoices': 'InvoiceListParams',
  'POST /v1/invoices/create_preview': 'InvoiceCreatePreviewParams',
  'GET /v1/invoices/{invoice}': 'InvoiceRetrieveParams',
  'POST /v1/invoices/{invoice}': 'InvoiceUpdateParams',
  'DELETE /v1/invoices/{invoice}': 'InvoiceDeleteParams',
  'POST /v1/invoices/{invoice}/finalize': 'InvoiceFinalizeInvoiceParams',
  'POST /v1/invoices/{invoice}/pay': 'InvoicePayParams',
  'POST /v1/invoices/{invoice}/void': 'InvoiceVoidInvoiceParams',
  'POST /v1/invoices/{invoice}/mark_uncollectible': 'InvoiceMarkUncollectibleParams',
  'POST /v1/invoices/{invoice}/send': 'InvoiceSendInvoiceParams',
  'GET /v1/invoices/{invoice}/lines': 'InvoiceListLineItemsParams',
  'POST /v1/invoiceitems': 'InvoiceItemCreateParams',
  'GET /v1/invoiceitems': 'InvoiceItemListParams',
  'GET /v1/invoiceitems/{invoiceitem}': 'InvoiceItemRetrieveParams',
  'DELETE /v1/invoiceitems/{invoiceitem}': 'InvoiceItemDeleteParams',
  'GET /v1/invoice_payments': 'InvoicePaymentListParams',
  'GET /v1/invoice_payments/{invoice_payment}': 'InvoicePaymentRetrieveParams',
  'POST /v1/payment_links': 'PaymentLinkCreateParams',
  'GET /v1/payment_links': 'PaymentLinkListParams',
  'GET /v1/payment_links/{payment_link}': 'PaymentLinkRetrieveParams',
  'POST /v1/payment_links/{payment_link}': 'PaymentLinkUpdateParams',
  'GET /v1/payment_links/{payment_link}/line_items': 'PaymentLinkListLineItemsParams',
  'POST /v1/billing_portal/configurations': 'BillingPortal.ConfigurationCreateParams',
  'GET /v1/billing_portal/configurations': 'BillingPortal.ConfigurationListParams',
  'GET /v1/billing_portal/configurations/{configuration}': 'BillingPortal.ConfigurationRetrieveParams',
  'POST /v1/billing_portal/configurations/{configuration}': 'BillingPortal.ConfigurationUpdateParams',
  'POST /v1/billing_portal/sessions': 'BillingPortal.SessionCreateParams',
  'POST /v1/test_helpers/test_clocks': 'TestHelpers.TestClockCreateParams',
  'GET /v1/test_helpers/test_clocks': 'TestHelpers.TestClockListParams',
  'GET /v1/test_helpers/test_clocks/{test_clock}': 'TestHelpers.TestClockRetrieveParams',
  'POST /v1/test_helpers/test_clocks/{test_clock}/advance': 'TestHelpers.TestClockAdvanceParams',
  'DELETE /v1/test_helpers/test_clocks/{test_clock}': 'TestHelpers.TestClockDeleteParams',
  'GET /v1/subscription_items': 'SubscriptionItemListParams',
  'GET /v1/subscription_items/{item}': 'SubscriptionItemRetrieveParams',
  'POST /v1/payment_intents': 'PaymentIntentCreateParams',
  'GET /v1/payment_intents': 'PaymentIntentListParams',
  'GET /v1/payment_intents/{intent}': 'PaymentIntentRetrieveParams',
  'POST /v1/payment_intents/{intent}': 'PaymentIntentUpdateParams',
  'POST /v1/payment_intents/{intent}/confirm': 'PaymentIntentConfirmParams',
  'POST /v1/payment_intents/{intent}/cancel': 'PaymentIntentCancelParams',
  'POST /v1/payment_intents/{intent}/capture': 'PaymentIntentCaptureParams',
  'GET /v1/charges': 'ChargeListParams',
  'GET /v1/charges/{charge}': 'ChargeRetrieveParams',
  'POST /v1/charges/{charge}': 'ChargeUpdateParams',
  'POST /v1/refunds': 'RefundCreateParams',
  'GET /v1/refunds': 'RefundListParams',
  'GET /v1/refunds/{refund}': 'RefundRetrieveParams',
  'POST /v1/refunds/{refund}': 'RefundUpdateParams',
  'POST /v1/refunds/{refund}/cancel': 'RefundCancelParams',
  'GET /v1/disputes': 'DisputeListParams',
  'GET /v1/disputes/{dispute}': 'DisputeRetrieveParams',
  'POST /v1/disputes/{dispute}': 'DisputeUpdateParams',
  'POST /v1/disputes/{dispute}/close': 'DisputeCloseParams',
  'POST /v1/files': 'FileCreateParams',
  'GET /v1/files': 'FileListParams',
  'GET /v1/files/{file}': 'FileRetrieveParams',
  'GET /v1/balance_transactions': 'BalanceTransactionListParams',
  'GET /v1/balance_transactions/{id}': 'BalanceTransactionRetrieveParams',
  'GET /v1/events': 'EventListParams',
  'GET /v1/events/{id}': 'EventRetrieveParams',
  'POST /v1/webhook_endpoints': 'WebhookEndpointCreateParams',
  'GET /v1/webhook_endpoints': 'WebhookEndpointListParams',
  'GET /v1/webhook_endpoints/{webhook_endpoint}': 'WebhookEndpointRetrieveParams',
  'POST /v1/webhook_endpoints/{webhook_endpoint}': 'WebhookEndpointUpdateParams',
  'DELETE /v1/webhook_endpoints/{webhook_endpoint}': 'WebhookEndpointDeleteParams',
}

/** TypeScript has one type `number`. Of these parameters it may be a fraction. */
const FRACTIONS = new Set(['height', 'length', 'weight', 'width', 'percent_off', 'percentage'])

/**
 * A first line that says where the text comes from, then the parameters of each operation. A line has the parameter's
 * path, `!` if it is required, `~` if an empty string unsets it, and its type.
 */
export function describeParameters(sdk: SdkTypes): string {
  const { checker } = sdk
  const lines = [
    `# Generated by "npm run generate" from the types of stripe ${Stripe.PACKAGE_VERSION}. Do not edit.`,
    '',
  ]

  function walk(owner: ts.Type, prefix: string): void {
    for (const property of [...owner.getProperties()].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const optional = (property.flags & ts.SymbolFlags.Optional) !== 0
      describe(`${prefix}${property.name}`, property.name, checker.getTypeOfSymbol(property), optional)
    }
  }

  function describe(path: string, name: string, declared: ts.Type, optional: boolean): void {
    const all = alternatives(declared)
    // `Emptyable<T>` is `null | '' | T`; TypeScript drops the `''` where T is string.
    const emptyable = all.some((member) => member.flags & ts.TypeFlags.Null)
    const members = all.filter(
      (member) => !(member.isStringLiteral() && member.value === '') && !(member.flags & ts.TypeFlags.Null),
    )
    const flags = `${optional ? '' : '!'}${emptyable ? '~' : ''}`
    // The hash of an uploaded file stands for it.
    if (name === 'file' && members.some((member) => member.getProperty('data'))) {
      lines.push(`${path}${flags} string`)
      return
    }
    const element = members.find((member) => sdk.checker.isArrayType(member))
    if (element) {
      lines.push(`${path}${flags} array`)
      const [item] = checker.getTypeArguments(element as ts.TypeReference)
      if (item) describe(`${path}[]`, name, item, true)
      return
    }
    const objects = members.filter((member) => member.flags & ts.TypeFlags.Object && !isDecimal(member))
    const object = objects[0]
    const boolean = members.some((member) => member.flags & ts.TypeFlags.BooleanLike)
    if (object && !boolean) {
      const index = checker.getIndexInfoOfType(object, ts.IndexKind.String)
      if (index) {
        const plain = alternatives(index.type).every((member) => !(member.flags & ts.TypeFlags.Object))
        lines.push(`${path}${flags} ${plain ? 'map' : 'table'}`)
        if (!plain) describe(`${path}{}`, name, index.type, true)
      } else if (object.getProperty('gte') && object.getProperty('lt')) {
        lines.push(`${path}${flags} range`)
      } else {
        lines.push(`${path}${flags} object`)
        walk(object, `${path}.`)
      }
      return
    }
    lines.push(`${path}${flags} ${scalar(name, members, declared)}`)
  }

  function scalar(name: string, members: ts.Type[], declared: ts.Type): string {
    const literals = members.flatMap((member) => (member.isStringLiteral() ? [member.value] : []))
    if (literals.length > 0) {
      const number = members.some((member) => member.flags & ts.TypeFlags.Number)
      const boolean = members.some((member) => member.flags & ts.TypeFlags.BooleanLike)
      return `=${[...literals.sort(), ...(number ? ['#'] : []), ...(boolean ? ['?'] : [])].join('|')}`
    }
    if (members.some(isDecimal)) return 'decimal'
    if (members.some((member) => member.flags & ts.TypeFlags.BooleanLike)) return 'boolean'
    if (members.some((member) => member.flags & ts.TypeFlags.Number)) {
      return FRACTIONS.has(name) ? 'number' : 'integer'
    }
    if (members.some((member) => member.flags & ts.TypeFlags.String)) return 'string'
    throw new Error(`no rule for a parameter of type ${checker.typeToString(declared)}`)
  }

  for (const [operation, name] of Object.entries(OPERATIONS)) {
    lines.push(operation)
    walk(sdk.type(name), '')
    lines.push('')
  }
  return lines.join('\n')
}
