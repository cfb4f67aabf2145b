// Where the admin shows what an incident is about.
import type { IncidentOfOrder } from '../incidents/incidents.js'
import { subjectType } from '../incidents/kinds.js'

const PAGES: Record<string, (subject: string) => string> = {
  customer: (id) => `/admin/customers/${encodeURIComponent(id)}`,
  event: (id) => `/admin/events/${encodeURIComponent(id)}`,
  mail: (id) => `/admin/mails/${encodeURIComponent(id)}`,
  dispute: (id) => `/admin/disputes/${encodeURIComponent(id)}`,
  session: (id) => `/admin/payments/${encodeURIComponent(id)}`,
  order: (key) => `/admin/orders/${encodeURIComponent(key)}`,
  product: (id) => `/admin/products/${encodeURIComponent(id)}`,
}

/** Null for subjects without a page. Refunds are on their order's. */
export function subjectHref({ kind, subject, order }: IncidentOfOrder): string | null {
  return PAGES[subjectType(kind)]?.(subject) ?? (order === null ? null : orderHref(order.key))
}

export function withoutOrderHref({ kind, id }: { kind: 'payment' | 'dispute'; id: string }): string {
  return `/admin/${kind}s/${encodeURIComponent(id)}`
}

export function orderHref(key: string): string {
  return `/admin/orders/${key}`
}
