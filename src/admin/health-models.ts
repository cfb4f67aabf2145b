// The model of the health page.
declare module '../http/view-models.js' {
  interface Views {
    'admin/health': HealthPage
  }
}

export interface Fact {
  label: string
  value: string
  /** Whether somebody should look into it. */
  isWrong?: boolean
}

export interface HealthPage {
  sections: { id: string; title: string; facts: Fact[] }[]
}
