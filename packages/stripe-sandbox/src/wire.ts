// Stripe's objects as the sandbox stores and sends them, derived from the SDK's types.
import type Stripe from 'stripe'

/**
 * The SDK's types describe everything a caller may receive. These are the same objects as they are stored, and sent by
 * default: links are ids unless the caller expands them, and decimal numbers are strings.
 */
type Plain<T> = T extends object ? Wire<T> : T
type Member<T> =
  Stripe.Decimal extends NonNullable<T>
    ? Exclude<T, Stripe.Decimal> | string
    : string extends T
      ? Exclude<T, object>
      : T extends (infer Item)[]
        ? Plain<Item>[]
        : T
type Wire<T> = { [Name in keyof T]: Member<T[Name]> }

/** One page of a list, as Stripe sends it. */
export interface List<T> {
  object: 'list'
  data: T[]
  has_more: boolean
  url: string
}

export type Session = Wire<Omit<Stripe.Checkout.Session, 'line_items'>>
export type LineItem = Omit<Stripe.LineItem, 'price'> & { price: Price }
export type Product = Wire<Stripe.Product>
export type Price = Omit<Wire<Stripe.Price>, 'recurring'> & {
  recurring: Checked<Stripe.Price.Recurring> | null
}
export type Customer = Omit<Wire<Stripe.Customer>, 'invoice_settings'> & {
  invoice_settings: Wire<Stripe.Customer.InvoiceSettings>
}
export type PaymentMethod = Wire<Stripe.PaymentMethod>
export type PaymentIntent = Wire<Stripe.PaymentIntent>
export type Charge = Wire<Omit<Stripe.Charge, 'refunds'>>
export type Refund = Wire<Stripe.Refund>
export type EarlyFraudWarning = Wire<Stripe.Radar.EarlyFraudWarning>
export type Dispute = Omit<Wire<Stripe.Dispute>, 'balance_transactions' | 'evidence'> & {
  balance_transactions: BalanceTransaction[]
  evidence: Omit<Wire<Stripe.Dispute.Evidence>, 'appeal'> & { appeal?: Appeal | null }
}
/** Evidence for an appeal: why it is filed, and the ids of files. */
export interface Appeal {
  card?: { reason_for_filing: string | null; supporting_files: string[] | null }
}
export type File = Omit<Wire<Stripe.File>, 'links'> & { links: List<never> }
export type BalanceTransaction = Wire<Stripe.BalanceTransaction>
export type Coupon = Wire<Stripe.Coupon>
export type PromotionCode = Omit<Wire<Stripe.PromotionCode>, 'promotion'> & {
  promotion: Wire<Stripe.PromotionCode.Promotion>
}
export type ShippingRate = Wire<Stripe.ShippingRate>
export type TaxIdRecord = Wire<Omit<Stripe.TaxId, 'deleted' | 'owner'>> & {
  owner: { customer: string; customer_account: null; type: 'customer' }
}
/** Stored with an id, which Stripe's object does not have. */
export type TaxSettings = Omit<Wire<Stripe.Tax.Settings>, 'defaults' | 'head_office' | 'status_details'> & {
  id: string
  defaults: Stripe.Tax.Settings.Defaults
  head_office: Stripe.Tax.Settings.HeadOffice | null
  status_details: Stripe.Tax.Settings.StatusDetails
}
export type TaxRate = Wire<Stripe.TaxRate>
export type Discount = Omit<Wire<Stripe.Discount>, 'source'> & { source: Wire<Stripe.Discount.Source> }
export type Card = Wire<Stripe.Card>
export type SetupIntent = Wire<Stripe.SetupIntent>
export type Plan = Checked<Wire<Stripe.Plan>>
export type SubscriptionItem = Omit<Wire<Stripe.SubscriptionItem>, 'plan' | 'price'> & {
  plan: Plan
  price: Price
}
export type Subscription = Wire<Omit<Stripe.Subscription, 'items'>> & { items: List<SubscriptionItem> }
export type InvoiceLineItem = Omit<Wire<Stripe.InvoiceLineItem>, 'parent' | 'pricing'> & {
  parent: Wire<Stripe.InvoiceLineItem.Parent> | null
  pricing: Pricing | null
}
/** How the amount of an invoice line or an invoice item was calculated. */
export interface Pricing {
  price_details?: { price: string; product: string }
  type: 'price_details'
  unit_amount_decimal: string | null
}
export type Invoice = Omit<Wire<Stripe.Invoice>, 'lines' | 'parent' | 'payments'> & {
  lines: List<InvoiceLineItem>
  parent: {
    quote_details: null
    subscription_details: { metadata: Metadata | null; subscription: string } | null
    type: 'subscription_details'
  } | null
}
export type InvoiceItem = Omit<Wire<Stripe.InvoiceItem>, 'pricing'> & { pricing: Pricing | null }
export type InvoicePayment = Omit<Wire<Stripe.InvoicePayment>, 'payment'> & {
  payment: { type: 'payment_intent'; payment_intent: string }
}
export type PaymentLink = Omit<Wire<Stripe.PaymentLink>, 'line_items'>
export type PortalConfiguration = Wire<Stripe.BillingPortal.Configuration>
export type PortalSession = Wire<Stripe.BillingPortal.Session>
export type TestClock = Wire<Stripe.TestHelpers.TestClock>
export type WebhookEndpoint = Wire<Stripe.WebhookEndpoint>
export type Address = Stripe.Address
export type Metadata = Stripe.Metadata

export type EventType = Stripe.Event.Type

export interface Event {
  id: string
  object: 'event'
  api_version: string
  created: number
  data: { object: object; previous_attributes?: object }
  livemode: false
  pending_webhooks: number
  request: { id: string | null; idempotency_key: string | null }
  type: string
}

/**
 * Request parameters after validation. The SDK's types leave every enum open for future values, and use a class for
 * decimal numbers, which are strings in a request.
 */
export type Checked<T> = T extends Stripe.Decimal
  ? string
  : T extends string
    ? T extends object
      ? never
      : T
    : T extends readonly (infer Item)[]
      ? Checked<Item>[]
      : T extends object
        ? { [Name in keyof T]: Checked<T[Name]> }
        : T
