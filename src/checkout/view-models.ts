// Models of the pages before and after Stripe's page.
import type { Notice } from '../http/view-models.js'
import type { Live, OrderView } from '../orders/view-models.js'

declare module '../http/view-models.js' {
  interface Views {
    'checkout/checkout': CheckoutPage
    'checkout/continue': ContinuePage
    'checkout/link-success': object
    'checkout/success': SuccessPage
  }
}

/** GET /checkout, and GET /checkout/:productId. */
export interface CheckoutPage {
  /** Where the form leads. */
  action: string
  /** The product's page, or the cart. */
  backHref: string
  isCart: boolean
  email: EmailView
  /** Null where it can't be changed. */
  quantity: { value: number; max: number } | null
  isSoldOut: boolean
  /** Null for what needs no delivery. */
  delivery: DeliveryView | null
  summary: SummaryView
  /** "Pay $28.00". Null while the order can't be paid. */
  pay: string | null
  /** What the shopper must accept. Null: nothing. */
  terms: {
    url: string
    version: string
    /** The same for readers. */
    shownVersion: string
    isAccepted: boolean
    /** Null unless it is missing. */
    problem: string | null
  } | null
  promotionCodes: boolean
  /** The form's hidden fields: what this page shows. */
  sent: Record<string, string>
  /** Read out when the total has changed: "Total: $28.00". */
  news: string
  notice: Notice | null
}

/** The address of an account, or the field where guests enter theirs. */
export type EmailView =
  | { kind: 'account'; address: string }
  | {
      kind: 'guest'
      /** As it was typed, or that of the browser's last order. */
      value: string
      error: string | null
      /** The sign-in page, which leads back here. */
      signInHref: string
    }

export interface DeliveryView {
  /** Empty when nothing in this currency can be delivered at all. */
  countries: { code: string; name: string; isChosen: boolean }[]
  hasCountry: boolean
  /** Why the country that was asked for is not chosen. */
  refused: string | null
  /** The cheapest first. */
  rates: RateView[]
}

export interface RateView {
  id: number
  name: string
  /** "$4.90", or "Free". */
  price: string
  /** "2–4 business days". */
  time: string | null
  /** "Free from $50.00". */
  note: string | null
  isChosen: boolean
}

export interface SummaryView {
  lines: {
    name: string
    /** Empty for a product without options. */
    variantName: string
    image: string
    href: string
    quantity: number
    unitAmount: string
    amount: string
  }[]
  subtotal: string
  /** Null for what needs no delivery. */
  delivery: string | null
  /** What is known of the tax. Null when none is charged. */
  tax: string | null
  isTaxIncluded: boolean
  total: string
  /** "Total", or "Total before tax". */
  totalLabel: string
}

/** The link to Stripe's page, when a redirect could be blocked. */
export interface ContinuePage {
  href: string
}

/** GET /payment-success/:productId. Reloads itself while it waits, even without JavaScript. */
export interface SuccessPage {
  order: OrderView
  heading: string
  /** What is known, and what the shopper should do next, if anything. */
  text: string
  live: Live | null
}
