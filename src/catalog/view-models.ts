// What the catalogue's pages are given.
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
  /** URL path of an image that we serve. */
  image: string
  category: string
  /** Formatted for its currency: "$48.00", "¥6,800", "€129.00". */
  price: string
  currency: string
  availability: 'in_stock' | 'few_left' | 'sold_out'
  /** "In stock", "Only 3 left", "Sold out". */
  availabilityText: string
}

export interface CatalogList extends PageLinks {
  products: ProductCard[]
  total: number
  search: string
  /** Hidden fields that the search form keeps. */
  keep: { category: string; sort: string }
  categories: LinkOption[]
  sorts: LinkOption[]
  /** Where an empty result can go back to. */
  resetHref: string
}

export interface ProductPage {
  product: ProductCard & { description: string; maxQuantity: number }
  /** For example after cancelling at Stripe: "No charge was made. …" */
  notice: Notice | null
}
