// The models of the list of orders, what is to be shipped, and packing slips.
import type { Notice } from '../http/view-models.js'
import type { LineLeft } from '../fulfilment/orders-to-ship.js'
import type { FilterErrors } from '../orders/order-filters.js'
import type { KeyList } from './key-list.js'
import type { Badge } from './order-models.js'
import type { ShownTime } from './times.js'

declare module '../http/view-models.js' {
  interface Views {
    'admin/orders': OrdersPage
    'admin/to-ship': ToShipPage
    'admin/ship-orders': ShipOrdersPage
    'admin/shipped-orders': ShippedOrdersPage
    'admin/packing-slips': PackingSlipsPage
  }
}

export interface OrdersPage {
  notice: Notice | null
  /** As typed, by the name of the filter. */
  values: Record<string, string>
  errors: FilterErrors
  choices: Record<'status' | 'label' | 'fulfilment' | 'origin' | 'country' | 'sort', Choice[]>
  /** Whether any filter is set. */
  isFiltered: boolean
  list: KeyList<OrderLine>
  /** Set if the search stopped before the page was full. */
  searchedTo: ShownTime | null
  hasStopped: boolean
  csvHref: string
  views: { id: number; name: string; href: string; isCurrent: boolean }[]
  /** The filters, as a saved view keeps them. */
  query: string
}

export interface Choice {
  value: string
  label: string
}

export interface OrderLine {
  key: string
  number: string
  href: string
  at: ShownTime
  state: Badge
  fulfilment: string
  items: string
  total: string
  refunded: string | null
  email: string
  country: string
  needsAttention: boolean
}

export interface ToShipPage {
  list: KeyList<OrderToSend>
}

export interface OrderToSend {
  key: string
  number: string
  href: string
  /** When it was paid. */
  at: ShownTime | null
  to: string
  delivery: string
  lines: LineLeft[]
  isPartlyShipped: boolean
}

export interface ShipOrdersPage {
  orders: (OrderToSend & { tracking: string })[]
  carrier: string
  carriers: Choice[]
  /** Makes repeated requests one. */
  requestKey: string
  errors: {
    carrier?: string | undefined
    /** Key of the order whose tracking number can't be one. */
    tracking?: string | undefined
  }
}

export interface ShippedOrdersPage {
  shipped: { number: string; href: string }[]
  refused: { number: string; href: string; reason: string }[]
}

export interface PackingSlipsPage {
  /** For the heading of the tab. */
  title: string
  slips: PackingSlip[]
}

export interface PackingSlip {
  number: string
  orderedAt: ShownTime
  delivery: string
  to: string[]
  lines: LineLeft[]
}
