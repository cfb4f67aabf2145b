// Model of the API documentation page.

declare module '../http/view-models.js' {
  interface Views {
    'api/docs': ApiDocsPage
  }
}

export interface ApiField {
  /** "items[].quantity" */
  name: string
  type: string
  description: string
}

export interface ApiOperation {
  /** Anchor of the operation on the page. */
  id: string
  /** "GET" */
  method: string
  path: string
  summary: string
  description: string | null
  signedIn: boolean
  parameters: ApiField[]
  body: ApiField[]
  /** `schema` is the name of one of the page's `answers`. */
  answers: { status: string; description: string; schema: string | null }[]
  problems: { status: string; code: string; when: string }[]
}

export interface ApiDocsPage {
  heading: string
  introduction: string
  operations: ApiOperation[]
  /** The schemas of all responses, field by field. */
  answers: { name: string; fields: ApiField[] }[]
}
