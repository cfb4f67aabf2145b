// The models of the operator's pages. Values are formatted: views only print them. The texts of these pages are in the views.
import type { ShownTime } from './times.js'

declare module '../http/view-models.js' {
  interface Views {
    'admin/error': AdminErrorPage
    'admin/home': HomePage
  }
}

export interface HomePage {
  incidents: { id: number; message: string; at: ShownTime }[]
}

export interface AdminErrorPage {
  title: string
  text: string
  backHref: string
  requestId: string
}
