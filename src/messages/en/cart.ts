// The cart's page.
import { plural } from './plural.js'

export const cart = {
  title: 'Your cart',
  emptyHeading: 'Your cart is empty',
  emptyText: 'Items you add will appear here.',
  goToShop: 'Go to the shop',
  severalCurrencies: 'These items are priced in different currencies and need separate checkouts.',
  items: 'Items',
  itemsIn: (currency: string) => `Items in ${currency}`,
  take: (quantity: number) => `Change to ${quantity}`,
  takeContext: (quantity: number, name: string) => `from ${quantity} × ${name}`,
  quantityOf: (name: string) => `Quantity of ${name}`,
  update: 'Update',
  updateContext: (name: string) => `the quantity of ${name}`,
  remove: 'Remove',
  total: 'Total',
  subtotalAvailable: 'Subtotal (available items)',
  checkOut: 'Check out',
  checkOutContext: (currency: string) => `in ${currency}`,
  deliveryNext: 'Delivery and tax are shown at checkout.',
  signInNext: 'Sign in to check out. Delivery and tax are shown next.',
  continueShopping: 'Continue shopping',

  added: (name: string) => `Added “${name}” to your cart.`,
  again: (number: string) => `Added the items of order ${number} to your cart.`,
  againMissing: (name: string) => `“${name}” couldn’t be added: it isn’t available now.`,
  againFewer: (name: string, left: number) =>
    `There ${plural(left, 'is', 'are')} only ${left} of “${name}” left.`,
  removed: 'Removed from your cart.',
  joined: 'We’ve added the items you chose before you signed in.',
  cancelled: 'No charge was made. Your cart is saved.',

  noLongerSold: 'No longer sold',
  soldOut: 'Sold out',
  heldByOrder: (number: string) => `Held by your order ${number}`,
  onlyLeft: (units: number) => `Only ${units} left`,
  removeNoLongerSold: (name: string) => `“${name}” is no longer sold. Remove it to continue.`,
  removeSoldOut: (name: string) => `“${name}” is sold out. Remove it to continue.`,
  tooMany: (name: string, left: number) =>
    `There ${plural(left, 'is', 'are')} only ${left} of “${name}” left. Choose a smaller quantity to continue.`,
  tooManyProducts: (max: number) =>
    `An order can have up to ${max} different products. Remove some and order them separately.`,
  tooMuch: 'This total is too high for one payment. Choose fewer items to continue.',
  priceChanged: (now: string, before: string) => `The price has changed from ${before} to ${now} each.`,
  atMaximum: (max: number) => `You can order up to ${max}.`,

  invalidQuantityTitle: 'Invalid quantity',
  invalidQuantity: (min: number, max: number) => `Choose a quantity from ${min} to ${max}.`,
  fullTitle: 'Your cart is full',
  full: (max: number) =>
    `A cart can hold up to ${max} different products. Check out or remove an item first.`,
  notInCartTitle: 'Not in your cart',
  notInCart: 'That product is no longer in your cart.',
  seeCart: 'View your cart',
  tooManyCarts: 'Too many new carts from your network. Please wait a minute.',
}
