// The models of the operator's pages. Values are formatted: views only print them. The texts of these pages are in the views.
import type { ShownTime } from './times.js'

declare module '../http/view-models.js' {
  interface Views {
    'admin/error': AdminErrorPage
    'admin/home': HomePage
  }
}

export interface HomePage {
  /** Those that have something to do. */
  tasks: {
    id: string
    title: string
    href: string
    /** "3", "99+". */
    count: string
    rows: { text: string; href: string; at: ShownTime | null }[]
  }[]
  /** The titles of the others. */
  done: string[]
  /** By currency: sums across currencies would mean nothing. */
  today: { currency: string; orders: number; revenue: string }[]
}

export interface AdminErrorPage {
  title: string
  text: string
  backHref: string
  requestId: string
}
