// English: the texts that shoppers see, in pages and email, by the module that shows them. What an operator reads (commands,
// logs, an order's stored incidents) is English in the code.
import { accounts } from './accounts.js'
import { cart } from './cart.js'
import { catalog } from './catalog.js'
import { checkout } from './checkout.js'
import { documents } from './documents.js'
import { errors } from './errors.js'
import { frame } from './frame.js'
import { mail } from './mail.js'
import { notices } from './notices.js'
import { operators } from './operators.js'
import { orders } from './orders.js'
import { policies } from './policies.js'
import { retention } from './retention.js'
import { shipping } from './shipping.js'

export const en = {
  language: 'en',
  languageName: 'English',
  /** For Intl: "2 December 2026", "$48.00". */
  dateLocale: 'en-GB',
  numberLocale: 'en-US',
  /** On a page in another language, for visitors whose browser prefers this one. `keep` stands on pages in this one. */
  suggestion: {
    text: 'This page is also available in English.',
    choose: 'View in English',
    keep: 'Stay in English',
  },
  accounts,
  cart,
  catalog,
  checkout,
  documents,
  errors,
  frame,
  mail,
  notices,
  operators,
  orders,
  policies,
  retention,
  shipping,
}

/** What every language has. */
export type Messages = typeof en
