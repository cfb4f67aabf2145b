// The models of the policies' pages.
import type { Notice } from '../http/view-models.js'
import type { PolicySlug } from './policies.js'

declare module '../http/view-models.js' {
  interface Views {
    'policies/policy': PolicyPage
  }
}

export interface PolicyPage {
  slug: PolicySlug
  title: string
  /** Made from Markdown, with no markup of the writer's own. */
  html: string
  /** "Version 3, published on 1 December 2026." */
  published: string
  notice: Notice | null
  earlier: { href: string; label: string }[]
}
