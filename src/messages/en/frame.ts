// The frame around every page: header, footer, pagination.
import { plural } from './plural.js'

export const frame = {
  description: (shopName: string) =>
    `${shopName} sells a small range of things for the desk and the kitchen.`,
  skipToContent: 'Skip to content',
  testModeLabel: 'Test mode:',
  testMode: 'no money moves.',
  mainNavigation: 'Main',
  shop: 'Shop',
  cart: 'Cart',
  cartItems: (count: number) => plural(count, 'item', 'items'),
  purchases: 'Purchases',
  signedInAs: 'Signed in as',
  admin: 'Admin',
  signOut: 'Sign out',
  signIn: 'Sign in',
  paymentsByStripe: (shopName: string) => `${shopName}. Payments are handled by Stripe.`,
  questions: 'Questions?',
  yourPurchases: 'Your purchases',
  yourAccount: 'Your account',
  createAccount: 'Create an account',
  api: 'API',
  developmentMail: 'Development email',
  trust: 'You pay on Stripe’s page. This shop never sees your card details.',
  pages: 'Pages',
  noSuchPage: (page: number) => `There’s no page ${page}`,
  lastPageIs: (pages: number) => (pages === 1 ? 'This list has one page.' : `This list has ${pages} pages.`),
  goToLastPage: 'Go to the last page',
  previousPage: 'Previous',
  nextPage: 'Next',
  pageOf: (page: number, pages: number) => `Page ${page} of ${pages}`,
}
