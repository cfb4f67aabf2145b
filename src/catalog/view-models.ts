// The models of the catalog's pages.
import type { PageLinks } from '../http/paging.js'
import type { FoundPage, LinkOption, Notice } from '../http/view-models.js'
import type { TaxShown } from '../settings/tax.js'

declare module '../http/view-models.js' {
  interface Views {
    'catalog/list': CatalogList
    'catalog/product': ProductPage
    'catalog/product-part': ProductPart
  }
}

/** A picture with the files that a browser chooses from. */
export interface PictureView {
  /** The one file that older browsers load. */
  image: string
  alt: string
  /** Values of srcset. Empty for a picture that was not uploaded. */
  webp: string
  jpeg: string
  width: number
  height: number
}

export interface ProductCard {
  id: number
  name: string
  /** One sentence. */
  summary: string
  /** Path of an image on this site, or an https address. */
  image: string
  /** The same with its sizes. Its alternative text is empty: the name stands beside it. */
  picture: PictureView
  category: string
  /** Formatted: "$48.00", "¥6,800", "€129.00", or "From $24.00" if variants differ. */
  price: string
  /** Upper case. */
  currency: string
  availability: 'in_stock' | 'few_left' | 'sold_out'
  /** "In stock", "Only 3 left", "Sold out". */
  availabilityText: string
  /** Whether one of several variants must be chosen to buy it. */
  hasChoice: boolean
}

/** What is sold of a product. */
export interface VariantView {
  id: number
  /** "Red / L". Empty for a product without options. */
  name: string
  /** Its value of each option, as forms send it. */
  values: string[]
  picture: PictureView
  price: string
  /** The same in minor units. The form sends it back, to check that the shopper saw what they order. */
  unitAmount: number
  /** The largest quantity that can be ordered now. 0 when it is sold out. */
  maxQuantity: number
  availability: ProductCard['availability']
  availabilityText: string
}

/** An option with its values, such as the size. */
export interface OptionView {
  name: string
  /** The form's field. */
  field: string
  values: {
    /** What the form sends: the owner's name for it, in every language. */
    value: string
    label: string
    isChosen: boolean
    /** "Sold out" if nothing with this value can be bought. */
    note: string | null
  }[]
}

export interface CatalogList extends PageLinks {
  heading: string
  found: FoundPage
  products: ProductCard[]
  /** "24 products", "More than 300 products". */
  count: string
  search: string
  /** What was found instead of what was typed. Null: that. */
  corrected: string | null
  categories: LinkOption[]
  sorts: { value: string; label: string; isChosen: boolean }[]
  filters: ListFilters
  /** The filters that apply, each with the list without it. */
  applied: { label: string; href: string }[]
  /** Sent along by the form. */
  keep: { name: string; value: string }[]
  /** This list, to come back to. */
  href: string
  /** The list without filters. */
  resetHref: string
  /** The product that was just added to the cart. Null: none. */
  added: number | null
  /** Shown when nothing was found. */
  popular: ProductCard[]
}

export interface ListFilters {
  /** "min" and "max", as they were typed. */
  least: string
  most: string
  /** Of the limits: "US dollars". */
  currencyName: string
  inStock: boolean
  options: { name: string; values: { value: string; label: string; isChosen: boolean }[] }[]
}

export interface ProductPart {
  product: ProductCard & { description: string; specifications: { name: string; value: string }[] }
  /** In their order. Empty for a product without a picture. */
  pictures: PictureView[]
  /** Those for sale. The first one is the only one of a product without options. */
  variants: VariantView[]
  /** The one that is shown. */
  chosen: VariantView
  /** Empty if there is nothing to choose. */
  options: OptionView[]
  tax: TaxShown
  /** The list of its category. */
  categoryHref: string
  /** "Ships to 30 countries", "2–4 business days", "Returns within 14 days". */
  delivery: string[]
  /** Whether a mail about stock needs an address: nobody is signed in. */
  askEmail: boolean
  /** The owner's page about returns. Null: none, or nothing to return. */
  returnsHref: string | null
  /** Products that go with it. */
  related: ProductCard[]
}

export interface ProductPage {
  title: string
  description: string
  /** Paths of scripts. */
  scripts: string[]
  /** Null: search engines are told nothing. */
  found: FoundPage | null
  /** The view 'catalog/product-part', rendered. */
  part: string
  /** For example that no charge was made, after cancelling on Stripe's page. */
  notice: Notice | null
}
