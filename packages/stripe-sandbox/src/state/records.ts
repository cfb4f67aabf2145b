import type Stripe from 'stripe'
import type {
  BalanceTransaction,
  Card,
  Charge,
  Checked,
  Coupon,
  Customer,
  Discount,
  Dispute,
  EarlyFraudWarning,
  Event,
  Invoice,
  InvoiceItem,
  InvoiceLineItem,
  InvoicePayment,
  LineItem,
  Metadata,
  PaymentIntent,
  PaymentLink,
  PaymentMethod,
  PortalConfiguration,
  PortalSession,
  Price,
  Product,
  PromotionCode,
  Refund,
  Session,
  ShippingRate,
  SetupIntent,
  Subscription,
  TaxRate,
  TestClock,
  WebhookEndpoint,
} from '../wire.js'

/** A coupon at work in a session. */
export interface AppliedDiscount {
  discount: Discount
  /** As it was then: it may be deleted before the customer pays. */
  coupon: Coupon
  /** The products that it is limited to, or null. */
  products: string[] | null
}

/** A rate at work on a line, or on the way it is shipped. */
export interface AppliedTax {
  amount: number
  /** As it was then. */
  rate: TaxRate
  /** Null for a rate that the shop named. */
  taxability_reason: Stripe.LineItem.Tax['taxability_reason']
  taxable_amount: number | null
}

/** What a coupon knows that is shown only when asked for. */
export interface CouponDetails {
  id: string
  products: string[] | null
}

/** What a line knows that is shown only when asked for. */
export interface LineDetails {
  id: string
  discounts: { amount: number; discount: Discount }[]
  taxes?: AppliedTax[]
  /** The rates that the shop gave this line. */
  taxRates?: TaxRate[]
}

/** What a session knows beyond its public object. */
export interface SessionDetails {
  id: string
  lineItems: LineItem[]
  discount?: AppliedDiscount | undefined
  /** How it is shipped, if the customer has a choice. */
  shippingRate?: string
  /** The tax on shipping. */
  shippingTaxes?: AppliedTax[]
  /** Where the customer is, for automatic tax. */
  taxCountry?: string
  /** What of a known customer's entries is written into their record. */
  keepsOfCustomer?: ('address' | 'name' | 'shipping')[]
  /** `payment_intent_data` of the request that made the session: it is used when the customer pays. */
  intent: Partial<
    Pick<
      PaymentIntent,
      | 'capture_method'
      | 'description'
      | 'metadata'
      | 'receipt_email'
      | 'setup_future_usage'
      | 'shipping'
      | 'statement_descriptor'
      | 'statement_descriptor_suffix'
      | 'transfer_group'
    >
  >
  /** `subscription_data`, for a session that sells a subscription. */
  subscription?: {
    description: string | null
    metadata: Metadata
    /** Seconds from the moment of the purchase, or null for none. */
    trial: { days: number } | { end: number } | null
    missingPaymentMethod: 'cancel' | 'create_invoice' | 'pause'
  }
  /** The intent that such a session pays with: unlike a payment's, it is not shown on the session. */
  hiddenIntent?: string
}

/** All lines of an invoice; the object itself holds the first of them. */
export interface InvoiceLines {
  id: string
  lines: InvoiceLineItem[]
  discount?: AppliedDiscount | undefined
}

/** What a payment intent knows beyond its public object. */
export interface IntentDetails {
  id: string
  /** The session that it pays, if it belongs to one. */
  session: string | null
  /** The invoice that it pays. */
  invoice?: string
  returnUrl: string | null
}

/** What a subscription knows beyond its public object. */
export interface SubscriptionDetails {
  id: string
  discount: AppliedDiscount
}

/** What a payment link knows beyond its public object: the parameters and the lines of the sessions that it makes. */
export interface PaymentLinkDetails {
  id: string
  lineItems: LineItem[]
  session: Checked<Stripe.Checkout.SessionCreateParams>
}

/** What a setup intent knows beyond its public object. */
export interface SetupDetails {
  id: string
  session: string | null
  /** The customer pays with it from now on. */
  makesDefault?: boolean
  returnUrl: string | null
}

/** The number behind a payment method, which decides how it behaves. Test numbers only; never answered. */
export interface PaymentSource {
  id: string
  number: string
  /** It paid while it belonged to nobody, or was detached: it may not be used again. */
  usedUp?: boolean
}

export interface DeliveryAttempt {
  at: number
  milliseconds: number
  /** The endpoint's answer, or null when there was none. */
  status: number | null
  /** The beginning of the answer's body, or why there was no answer. */
  answer: string
}

/** One event on its way to one endpoint, or to one run of `stripe listen`. */
export interface Delivery {
  /** The id of the webhook endpoint, or of the CLI's session. */
  endpoint: string
  /** What to call a run of `stripe listen`, which is soon forgotten. */
  name?: string
  /** `dropped`: lost by a fault that was asked for. `taken`: the CLI has it, and has not told what the shop answered. It tells nothing when it could not forward. */
  state: 'pending' | 'taken' | 'delivered' | 'failed' | 'dropped'
  /** When the next attempt is due, in milliseconds. */
  due: number
  attempts: DeliveryAttempt[]
}

export interface EventDeliveries {
  id: string
  targets: Delivery[]
}

/** Something that will happen by itself. `due` is in milliseconds. */
export interface Job {
  id: string
  kind:
    | 'expire_session'
    | 'settle_charge'
    | 'finish_debit'
    | 'finish_refund'
    | 'miss_deadline'
    | 'advance_test_clock'
    | BillingJobKind
  due: number
  subject: string
  /** The test clock that it waits for, when it is not the sandbox's own. */
  testClock?: string
}

/** What subscriptions do by themselves: in the time of the sandbox, or of their customer's test clock. */
export type BillingJobKind =
  | 'announce_trial_end'
  | 'announce_invoice'
  | 'end_period'
  | 'cancel_subscription'
  | 'give_up_subscription'
  | 'finalize_invoice'
  | 'collect_invoice'

export interface EndpointSecret {
  id: string
  secret: string
  /** After a roll: the secret before, and until when it signs too, in seconds. */
  previous?: { secret: string; until: number }
}

/** One run of `stripe listen` or `stripe logs tail`. Whoever knows its id may open its WebSocket. */
export interface CliSession {
  id: string
  features: string[]
  /** Where `stripe listen` said that it forwards to, as it was written there. */
  forwardsTo: string | null
  /** The filters of `stripe logs tail`: a JSON object. */
  filters: string
  /** Whether it was connected once: `stripe listen --print-secret` asks for a session and does not use it. */
  connected: boolean
}

export interface StoredAnswer {
  id: string
  fingerprint: string
  status: number
  body: string
  requestId: string
  at: number
}

/** A value of the sandbox itself, kept under the account `sandbox`. */
export interface Setting {
  id: 'secret_key' | 'webhook_secret' | 'clock_offset'
  value: string
}

export interface Deleted {
  id: string
  object: 'product' | 'customer' | 'invoice' | 'invoiceitem' | 'test_helpers.test_clock'
  deleted: true
}

export interface RecordKinds {
  'checkout.session': Session
  product: Product
  price: Price
  subscription: Subscription
  subscription_details: SubscriptionDetails
  discount: Discount
  invoice: Invoice
  invoiceitem: InvoiceItem
  invoice_payment: InvoicePayment
  setup_intent: SetupIntent
  card: Card
  payment_link: PaymentLink
  'billing_portal.configuration': PortalConfiguration
  'billing_portal.session': PortalSession
  'test_helpers.test_clock': TestClock
  customer: Customer
  payment_method: PaymentMethod
  payment_intent: PaymentIntent
  charge: Charge
  refund: Refund
  dispute: Dispute
  'radar.early_fraud_warning': EarlyFraudWarning
  balance_transaction: BalanceTransaction
  event: Event
  webhook_endpoint: WebhookEndpoint
  endpoint_secret: EndpointSecret
  coupon: Coupon
  promotion_code: PromotionCode
  shipping_rate: ShippingRate
  tax_rate: TaxRate
  cli_session: CliSession
  deleted: Deleted
  session_details: SessionDetails
  coupon_details: CouponDetails
  line_details: LineDetails
  intent_details: IntentDetails
  setup_details: SetupDetails
  payment_link_details: PaymentLinkDetails
  invoice_lines: InvoiceLines
  payment_source: PaymentSource
  deliveries: EventDeliveries
  job: Job
  stored_answer: StoredAnswer
  setting: Setting
}

/** The kinds that are Stripe's objects. */
export type ObjectKind = Exclude<
  keyof RecordKinds,
  | 'deleted'
  | 'session_details'
  | 'coupon_details'
  | 'line_details'
  | 'intent_details'
  | 'setup_details'
  | 'payment_link_details'
  | 'invoice_lines'
  | 'subscription_details'
  | 'payment_source'
  | 'deliveries'
  | 'cli_session'
  | 'job'
  | 'stored_answer'
  | 'setting'
>
