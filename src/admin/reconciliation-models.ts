// The model of the page that compares a month with Stripe.
declare module '../http/view-models.js' {
  interface Views {
    'admin/reconciliation': ReconciliationPage
  }
}

export interface ReconciliationPage {
  /** "2026-11", as typed. */
  month: string
  error: string | null
  /** Why it could not be compared. */
  problem: string | null
  csvHref: string | null
  /** Null until a month was compared. */
  shown: {
    month: string
    timeZone: string
    booked: {
      currency: string
      rows: { category: string; count: number; amount: string; fee: string; net: string }[]
      total: { count: number; amount: string; fee: string; net: string }
    }[]
    recorded: { currency: string; rows: { category: string; count: number; amount: string }[] }[]
    foreign: number
    differences: {
      kind: string
      text: string
      order: { key: string; number: string } | null
    }[]
  } | null
}
