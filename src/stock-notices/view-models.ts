// The model of the page that the link in a mail about stock opens.
declare module '../http/view-models.js' {
  interface Views {
    'stock-notices/end': EndNoticesPage
  }
}

export interface EndNoticesPage {
  token: string
  /** "ended": the link is of no use any more. */
  state: 'open' | 'done' | 'ended'
}
