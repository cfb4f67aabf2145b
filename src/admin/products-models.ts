// The models of the pages of products.
import type { DescribedChange } from '../catalog/import/describe-plan.js'
import type { Notice } from '../http/view-models.js'
import type { KeyList } from './key-list.js'
import type { Badge, FormState } from './order-models.js'
import type { Choice } from './orders-models.js'
import type { ShownTime } from './times.js'

declare module '../http/view-models.js' {
  interface Views {
    'admin/products': ProductsPage
    'admin/new-product': NewProductPage
    'admin/product': EditProductPage
    'admin/product-stock': StockPage
    'admin/import-products': { error: string | null }
    'admin/product-import': ImportPage
  }
}

export interface ProductsPage {
  notice: Notice | null
  values: Record<'q' | 'category' | 'state' | 'sort', string>
  choices: Record<'category' | 'state' | 'sort', Choice[]>
  isFiltered: boolean
  list: KeyList<ProductLine>
}

export interface ProductLine {
  href: string
  image: string
  name: string
  category: string
  variants: number
  price: string
  stock: string
  states: Badge[]
}

export interface NewProductPage {
  form: FormState
  requestKey: string
  categories: string[]
  /** The languages that its texts can be translated to. */
  languages: { code: string; name: string }[]
  pictures: FormPicture[]
  mostPictures: number
}

/** A picture in a form: what is shown, and what the form sends back. */
export interface FormPicture {
  index: number
  image: string
  stored: string
  alt: string
}

export interface EditProductPage {
  notice: Notice | null
  id: number
  name: string
  isActive: boolean
  /** Whether shoppers can buy it. */
  isForSale: boolean
  form: FormState
  /** Request key of the form that copies it. */
  copyKey: string
  /** Sent back with the form. */
  hidden: { revision: string; base: string }
  categories: string[]
  /** The languages that its texts can be translated to. */
  languages: { code: string; name: string }[]
  pictures: FormPicture[]
  mostPictures: number
  variants: VariantRow[]
  currency: string
  /** Set when somebody else has saved it meanwhile. */
  conflict: { who: string; at: ShownTime | null; changes: MeanwhileChange[] } | null
  history: { at: ShownTime; who: string; fields: string }[]
}

export interface MeanwhileChange {
  label: string
  saved: string
  /** Whether saving replaces it by what was typed here. */
  isReplaced: boolean
}

export interface VariantRow {
  id: number
  name: string
  stock: string
  isLow: boolean
  /** The price in Stripe's catalog that it is sold at. Null: none. */
  stripePrice: { id: string; isUsed: boolean } | null
}

export interface StockPage {
  notice: Notice | null
  id: number
  name: string
  form: FormState
  requestKey: string
  reasons: Choice[]
  variants: { id: number; name: string; sku: string; stock: number | null }[]
  adjustments: {
    at: ShownTime
    variant: string
    delta: string
    stock: string
    reason: string
    note: string
    who: string
  }[]
}

export interface ImportPage {
  id: string
  fileName: string
  at: ShownTime
  errors: { line: number; message: string }[]
  /** Lines that change nothing. */
  unchanged: number
  added: number
  changed: number
  products: {
    name: string
    line: number
    isNew: boolean
    href: string | null
    changes: DescribedChange[]
  }[]
  /** Products that are not shown. */
  more: number
  /** Null until it was applied. */
  result: { applied: number; skipped: { name: string; reason: string }[] } | null
}
