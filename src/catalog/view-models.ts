// The models of the catalog's pages.
import type { PageLinks } from '../http/paging.js'
import type { LinkOption, Notice } from '../http/view-models.js'

declare module '../http/view-models.js' {
  interface Views {
    'catalog/list': CatalogList
    'catalog/product': ProductPage
  }
}

export interface ProductCard {
  id: number
  name: string
  /** One sentence. */
  summary: string
  /** Path of an image on this site, or an https address. */
  image: string
  category: string
  /** Formatted: "$48.00", "¥6,800", "€129.00". */
  price: string
  /** The same in minor units. */
  unitAmount: number
  currency: string
  availability: 'in_stock' | 'few_left' | 'sold_out'
  /** "In stock", "Only 3 left", "Sold out". */
  availabilityText: string
}

export interface CatalogList extends PageLinks {
  products: ProductCard[]
  total: number
  search: string
  /** The other filters, sent along by the search form. */
  keep: { category: string; sort: string }
  categories: LinkOption[]
  sorts: LinkOption[]
  /** The link to the whole list, shown when nothing was found. */
  resetHref: string
}

export interface ProductPage {
  product: ProductCard & { description: string; maxQuantity: number }
  /** For example that no charge was made, after cancelling on Stripe's page. */
  notice: Notice | null
}
