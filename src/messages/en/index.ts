// English: every text that shoppers and mail readers see, by the module that shows it.
import { cart } from './cart.js'
import { frame } from './frame.js'

export const en = { language: 'en', frame, cart }
