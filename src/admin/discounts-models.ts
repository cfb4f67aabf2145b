// The model of the page about discount codes.
import type { Notice } from '../http/view-models.js'
import type { KeyList } from './key-list.js'
import type { FormState } from './order-models.js'

declare module '../http/view-models.js' {
  interface Views {
    'admin/discounts': DiscountsPage
  }
}

export interface DiscountsPage {
  notice: Notice | null
  /** Why Stripe's list can't be shown. Null: it can. */
  away: string | null
  list: KeyList<{
    id: string
    code: string
    off: string
    conditions: string
    used: string
    active: boolean
  }>
  /** Whether shoppers can enter codes at all. */
  canEnter: boolean
  timeZone: string
  form: FormState
  /** Sending the form twice makes one code. */
  key: string
}
