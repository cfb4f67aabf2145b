// English: every text that shoppers and mail readers see, by the module that shows it.
import { accounts } from './accounts.js'
import { cart } from './cart.js'
import { catalog } from './catalog.js'
import { checkout } from './checkout.js'
import { errors } from './errors.js'
import { frame } from './frame.js'
import { mail } from './mail.js'
import { orders } from './orders.js'

export const en = { language: 'en', accounts, cart, catalog, checkout, errors, frame, mail, orders }
