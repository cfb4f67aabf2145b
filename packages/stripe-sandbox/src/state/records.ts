// Every kind of record in the state, Stripe's objects and the sandbox's own.
import type Stripe from 'stripe'
import type { TaxId } from '../money/tax-ids.js'
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
  File,
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
  TaxIdRecord,
  TaxRate,
  TaxSettings,
  TestClock,
  WebhookEndpoint,
} from '../wire.js'

/** A coupon that is applied to a session. */
export interface AppliedDiscount {
  discount: Discount
  /** A copy: the coupon may be deleted before the customer pays. */
  coupon: Coupon
  /** The products that the coupon applies to, or null for all. */
  products: string[] | null
}

/** A tax rate that is applied to a line or to shipping. */
export interface AppliedTax {
  amount: number
  /** A copy of the rate. */
  rate: TaxRate
  /** Null for a rate that the shop specified. */
  taxability_reason: Stripe.LineItem.Tax['taxability_reason']
  taxable_amount: number | null
}

/** The fields of a coupon that the API sends only when they are expanded. */
export interface CouponDetails {
  id: string
  products: string[] | null
}

/** The fields of a line that the API sends only when they are expanded. */
export interface LineDetails {
  id: string
  discounts: { amount: number; discount: Discount }[]
  taxes?: AppliedTax[]
  /** The tax rates that the shop specified for this line. */
  taxRates?: TaxRate[]
}

/** The private data of a session. */
export interface SessionDetails {
  id: string
  lineItems: LineItem[]
  discount?: AppliedDiscount | undefined
  /** The shipping options, if the customer can choose. */
  shippingRate?: string
  /** The tax on shipping. */
  shippingTaxes?: AppliedTax[]
  /** The customer's location, for automatic tax. */
  taxCountry?: string
  /** What a business entered, if the session asks for its tax ID. */
  business?: { name: string; taxId: TaxId }
  /** The payment method that the customer agreed to save. */
  consentedMethod?: string | undefined
  /** Which of the customer's entries are saved to their record. */
  keepsOfCustomer?: ('address' | 'name' | 'shipping')[]
  /** `payment_intent_data` of the request that created the session, used when the customer pays. */
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
    /** Seconds from the purchase, or null. */
    trial: { days: number } | { end: number } | null
    missingPaymentMethod: 'cancel' | 'create_invoice' | 'pause'
  }
  /** From the payment link's URL: an email that the customer may change, and what is appended to the shop's URL. */
  visit?: { email: string | null; utm: Record<string, string> }
  /** The intent that pays the subscription. Unlike that of a payment, it is not part of the session's object. */
  hiddenIntent?: string
}

/** All lines of an invoice. The invoice itself holds only the first ones. */
export interface InvoiceLines {
  id: string
  lines: InvoiceLineItem[]
  discount?: AppliedDiscount | undefined
}

/** The private data of a payment intent. */
export interface IntentDetails {
  id: string
  /** The session that it pays, if any. */
  session: string | null
  /** The invoice that it pays, if any. */
  invoice?: string
  returnUrl: string | null
}

/** The private data of a subscription. */
export interface SubscriptionDetails {
  id: string
  discount: AppliedDiscount
}

/** The private data of a payment link: the parameters and lines of the sessions that it creates. */
export interface PaymentLinkDetails {
  id: string
  lineItems: LineItem[]
  session: Checked<Stripe.Checkout.SessionCreateParams>
}

/** The private data of a setup intent. */
export interface SetupDetails {
  id: string
  session: string | null
  /** Whether the method becomes the customer's default. */
  makesDefault?: boolean
  returnUrl: string | null
}

/** The number of a payment method, which decides how it behaves. Only test numbers; the API never sends it. */
export interface PaymentSource {
  id: string
  number: string
  /** It paid without belonging to a customer, or was detached, and cannot be used again. */
  usedUp?: boolean
}

export interface DeliveryAttempt {
  at: number
  milliseconds: number
  /** The endpoint's status code, or null without an answer. */
  status: number | null
  /** The start of the answer's body, or why there was no answer. */
  answer: string
}

/** The delivery of one event to one endpoint or one `stripe listen`. */
export interface Delivery {
  /** The id of the webhook endpoint or of the CLI session. */
  endpoint: string
  /** The name of a `stripe listen`, whose session is deleted when it ends. Absent for endpoints. */
  name?: string
  /** `dropped`: lost by an injected fault. `taken`: the CLI has it and reported no answer, as when it cannot forward. */
  state: 'pending' | 'taken' | 'delivered' | 'failed' | 'dropped'
  /** When the next attempt is due, in milliseconds. */
  due: number
  attempts: DeliveryAttempt[]
}

export interface EventDeliveries {
  id: string
  targets: Delivery[]
}

/** A scheduled job. `due` is in milliseconds. */
export interface Job {
  id: string
  kind:
    | 'expire_session'
    | 'settle_charge'
    | 'finish_debit'
    | 'finish_voucher'
    | 'finish_refund'
    | 'miss_deadline'
    | 'advance_test_clock'
    | BillingJobKind
  due: number
  subject: string
  /** The test clock that it waits for. Absent: the sandbox's clock. */
  testClock?: string
}

/** Scheduled billing work, on the sandbox's clock or on the customer's test clock. */
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
  /** After a roll: the previous secret, and until when it also signs (in seconds). */
  previous?: { secret: string; until: number }
}

/** A running `stripe listen` or `stripe logs tail`. Its id is all a client needs to open its WebSocket. */
export interface CliSession {
  id: string
  features: string[]
  /** Where `stripe listen` forwards to, as it was typed. */
  forwardsTo: string | null
  /** The filters of `stripe logs tail`, as a JSON object. */
  filters: string
  /** Whether it ever connected: `stripe listen --print-secret` asks for a session and does not use it. */
  connected: boolean
}

/** What was uploaded. */
export interface FileContents {
  id: string
  base64: string
}

export interface StoredAnswer {
  id: string
  fingerprint: string
  status: number
  body: string
  requestId: string
  at: number
}

/** A value of the sandbox itself, stored under the account `sandbox`. */
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
  file: File
  file_contents: FileContents
  webhook_endpoint: WebhookEndpoint
  endpoint_secret: EndpointSecret
  coupon: Coupon
  promotion_code: PromotionCode
  shipping_rate: ShippingRate
  tax_id: TaxIdRecord
  tax_rate: TaxRate
  'tax.settings': TaxSettings
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

/** The kinds of records that are Stripe's objects. */
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
  | 'file_contents'
  | 'cli_session'
  | 'job'
  | 'stored_answer'
  | 'setting'
>
