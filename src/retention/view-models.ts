// The model of the page that says what is kept, and for how long.
declare module '../http/view-models.js' {
  interface Views {
    'retention/privacy': PrivacyPage
  }
}

export interface PrivacyPage {
  /** What is kept for a limited time. */
  kept: { what: string; why: string; period: string }[]
}
