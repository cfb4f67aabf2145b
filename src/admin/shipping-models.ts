// The models of the pages about shipping rates.
import type { Notice } from '../http/view-models.js'
import type { FormState } from './order-models.js'

declare module '../http/view-models.js' {
  interface Views {
    'admin/shipping-rates': ShippingRatesPage
    'admin/shipping-rate': ShippingRatePage
  }
}

export interface ShippingRatesPage {
  notice: Notice | null
  rates: {
    id: number
    name: string
    costs: string
    freeFrom: string | null
    time: string | null
    /** "Germany, Austria and 30 more". */
    countries: string
    active: boolean
  }[]
  showsRemoved: boolean
  /** In upper case: currencies of products that no rate delivers. */
  missing: string[]
}

export interface ShippingRatePage {
  /** Null: a new one. */
  id: number | null
  form: FormState
  /** The languages that its name can be translated to. */
  languages: { code: string; name: string }[]
  /** When the rate that the form shows was written. */
  seen: string
  active: boolean
  /** Where it goes, in words. Empty: everywhere. */
  countryNames: string[]
}
