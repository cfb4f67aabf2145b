// The models of the pages of the shop's numbers.
import type { DayChart } from '../numbers/day-chart.js'
import type { ShownTime } from './times.js'

declare module '../http/view-models.js' {
  interface Views {
    'admin/numbers': NumbersPage
  }
}

interface Tab {
  label: string
  href: string
  isCurrent: boolean
}

/** A value beside that of the range before. */
export interface Figure {
  now: string
  before: string
  /** "+12%". Null: there is nothing to compare with. */
  change: string | null
}

/** A row of a table whose share is drawn as a bar of so many hundredths. */
export interface SharedRow {
  name: string
  bar: number
  orders: Figure
  net: Figure
}

export interface NumbersPage {
  ranges: Tab[]
  isCustom: boolean
  from: string
  to: string
  currency: string
  errors: Partial<Record<'from' | 'to', string>>
  currencies: Tab[]
  /** Null while the dates are wrong. */
  shown: {
    /** "1 Nov 2026 to 30 Nov 2026". */
    days: string
    daysBefore: string
    /** Up to when they are counted. Null: not at all yet. */
    countedTo: ShownTime | null
    /** "1 Nov 2026". Null: all days are there. */
    countedFrom: string | null
    timeZone: string
    /** Whether the range has anything. */
    isEmpty: boolean
    figures: ({ label: string; hint: string } & Figure)[]
    charts: DayChart[]
    /** What the chart shows, in a sentence. */
    summary: string
    byDay: { day: string; orders: number; revenue: string; refunded: string; net: string; before: string }[]
    checkouts: {
      opened: Figure
      rows: ({ name: string; kind: string; width: number; x: number; share: string } & Figure)[]
    }
    bestSellers: { name: string; href: string; units: Figure; revenue: string; bar: number }[]
    countries: SharedRow[]
    origins: SharedRow[]
  } | null
}
