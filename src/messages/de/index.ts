// German: the texts that shoppers see, in pages and email. What operators read is English.
import { operators } from '../en/operators.js'
import type { Messages } from '../en/index.js'
import { accounts } from './accounts.js'
import { cart } from './cart.js'
import { catalog } from './catalog.js'
import { checkout } from './checkout.js'
import { documents } from './documents.js'
import { errors } from './errors.js'
import { frame } from './frame.js'
import { mail } from './mail.js'
import { notices } from './notices.js'
import { orders } from './orders.js'
import { policies } from './policies.js'
import { retention } from './retention.js'
import { shipping } from './shipping.js'

export const de: Messages = {
  language: 'de',
  languageName: 'Deutsch',
  dateLocale: 'de-DE',
  numberLocale: 'de-DE',
  suggestion: {
    text: 'Diese Seite gibt es auf Deutsch.',
    choose: 'Auf Deutsch ansehen',
    keep: 'Auf Deutsch bleiben',
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
