// From the checkout page to Stripe's page and back, and what can go wrong on the way.
import { plural } from './plural.js'

/** Without a text, the order's own sentence is shown. */
interface Outcome {
  heading: string
  text?: string
}

/** By the order's state. */
const outcome: Record<
  | 'paid'
  | 'partially_refunded'
  | 'refunded'
  | 'disputed'
  | 'charged_back'
  | 'processing'
  | 'confirming'
  | 'failed'
  | 'expired'
  | 'pending'
  | 'canceled'
  | 'preparing'
  | 'partly_shipped'
  | 'shipped'
  | 'delivered'
  | 'return_requested'
  | 'return_accepted'
  | 'return_received',
  Outcome
> = {
  paid: {
    heading: 'Thank you for your order',
    text: 'Your order is paid. We’ve emailed you the details. View this order anytime in your account.',
  },
  partially_refunded: { heading: 'This order is partly refunded' },
  refunded: { heading: 'This order is refunded' },
  disputed: {
    heading: 'Your bank is reviewing this payment',
    text: 'Your bank holds the money until it decides. There’s nothing for you to do here.',
  },
  charged_back: { heading: 'Your bank has returned this payment to you' },
  processing: { heading: 'Your payment is on its way' },
  confirming: {
    heading: 'We’re confirming your payment',
    text: 'This takes a few seconds. You can wait here or leave: we’ll email you either way. Please don’t pay again.',
  },
  failed: {
    heading: 'Your payment didn’t go through',
    text: 'Nothing was charged. Your order is saved, and you can try again with another payment method.',
  },
  expired: {
    heading: 'This checkout has expired',
    text: 'It closed before it was paid, and nothing was charged. Your order is saved, and you can try again.',
  },
  pending: {
    heading: 'This order isn’t paid yet',
    text: 'You didn’t complete the payment, and nothing was charged. Pick up where you left off.',
  },
  canceled: { heading: 'This order is canceled' },
  preparing: {
    heading: 'Thank you for your order',
    text: 'Your order is paid. We’ve emailed you the details, and will email you again when we send it. View this order anytime in your account.',
  },
  partly_shipped: { heading: 'Part of your order is on its way' },
  shipped: { heading: 'Your order is on its way' },
  delivered: { heading: 'Your order has arrived' },
  return_requested: { heading: 'You’ve requested a return' },
  return_accepted: { heading: 'Your return is accepted' },
  return_received: { heading: 'Your return has arrived' },
}

export const checkout = {
  title: 'Checkout',
  checkOut: 'Check out',
  backToProduct: 'Back to the product',
  backToCart: 'Edit your cart',
  yourOrder: 'Your order',
  summary: (total: string) => `Order summary · ${total}`,
  total: 'Total',
  totalBeforeTax: 'Total before tax',
  totalBeforeDelivery: 'Total before delivery',
  totalBeforeBoth: 'Total before delivery and tax',
  subtotal: 'Subtotal',
  delivery: 'Delivery',
  notChosen: 'Choose a country',
  notAvailable: 'Not available',
  tax: 'Tax',
  taxLater: 'Calculated on the payment page',
  taxIncluded: 'Includes tax',
  email: 'Email',
  country: 'Country',
  chooseCountry: 'Choose a country',
  countryHint: 'If your country isn’t listed, we don’t deliver there yet.',
  deliveryOptions: 'Delivery options',
  freeFrom: (total: string) => `Free from ${total}`,
  addressLater: 'You’ll enter your address on the payment page.',
  promotionLater: 'You can enter a promotion code on the payment page.',
  showDelivery: 'Show delivery options',
  noDelivery: 'We can’t deliver this order at the moment.',
  noDeliveryText: 'No delivery option is set up for it. Please try again later.',
  soldOut: 'Sold out.',
  soldOutText: 'Currently out of stock.',
  seeInStock: 'See what’s in stock',
  quantity: 'Quantity',
  update: 'Update',
  pay: (total: string) => `Pay ${total}`,
  payPlusTax: (total: string) => `Pay ${total} plus tax`,
  confirmationHere: 'We’ll email your confirmation here.',
  /** For public/js/checkout.js and pay.js. */
  script: {
    openingStripe: 'Opening Stripe’s page…',
    failed: 'That didn’t work. Please try again in a moment.',
    viewOrders: 'View your orders',
    signIn: 'Sign in',
  },
  quantityAdjusted: (quantity: number, max: number) =>
    max === 1
      ? `You can order only 1 of these. We’ve changed the quantity to ${quantity}.`
      : `You can order 1 to ${max} of these. We’ve changed the quantity to ${quantity}.`,

  totalUpdated: (total: string) => `The total is now ${total}. Check it before you pay.`,
  continueTitle: 'Your order is ready to pay',
  continueText: 'Stripe, our payment provider, takes the payment on its own page.',

  /** For guests. */
  guest: {
    emailHint: 'We’ll email your confirmation here, with a link to your order.',
    haveAccount: 'Already have an account?',
    signIn: 'Sign in',
    /** Where it differs from `outcome`. */
    outcome: {
      paid: 'Your order is paid. We’ve emailed you the details, with a link to your order.',
      preparing:
        'Your order is paid. We’ve emailed you the details, with a link to your order. We’ll email you again when we send it.',
    } as Partial<Record<keyof typeof outcome, string>>,
    tooMany:
      'Too many orders without an account in a short time. Sign in to order now, or try again in an hour.',
    inAccountTitle: 'This order is in an account',
    inAccount: 'The link shows you the order. To pay it, sign in with the account that it belongs to.',
  },

  noMailServer: 'No email server is set up:',
  readMailHere: 'read it here',
  updatesItself: 'This page updates automatically.',
  refresh: 'Refresh',
  continueToPay: 'Continue to payment',
  tryAgain: 'Try again',
  backToShop: 'Back to the shop',
  viewOrder: 'View your order',

  outcome,
  /** After a payment by a payment link. Whoever has the address of this page may read it. */
  notSeenHereTitle: 'Sign in to see your order',
  notSeenHere:
    'If you’ve paid, we’ll email you about your payment and your order. To see the order, sign in, or open the link in our email.',
  linkHeading: 'Thank you',
  linkText: 'We’ll email you about your payment and your order. You can close this page.',
  /** For a payment that waits for the shopper, not for a bank. */
  voucherHeading: 'One more step: pay your order',

  cartEmpty: 'Your cart is empty.',
  cartSeveralCurrencies: (currencies: string[]) =>
    `Your cart has prices in ${currencies.join(' and ')}. Each currency needs its own checkout: choose which to check out first.`,
  cartPriceChanged:
    'A price has changed, so we didn’t place your order. Check the new total before you check out.',
  cartChanged:
    'Your cart has changed since you opened that page, so we didn’t place your order. Please check it again.',

  chooseProduct: 'Choose at least one product.',
  tooManyProducts: (max: number) => `An order can have up to ${max} different products.`,
  duplicateProduct: 'Name each product once, with its total quantity.',
  mixedCurrencies: 'An order has one currency. Order products priced in another currency separately.',
  invalidQuantityTitle: 'Invalid quantity',
  invalidQuantity: (max: number) => `Choose a quantity from 1 to ${max}.`,
  orderTooLargeTitle: 'This order is too large',
  orderTooLarge: 'This total is too high for one payment. Choose a smaller quantity.',
  changeQuantity: 'Change the quantity',
  changeCart: 'Change your cart',
  viewCart: 'View your cart',
  viewProduct: 'View the product',

  onlyLeftTitle: (left: number) => `Only ${left} left`,
  onlyLeft: (name: string, left: number) =>
    `There ${plural(left, 'is', 'are')} only ${left} of “${name}” left. Choose a smaller quantity.`,
  soldOutTitle: 'Sold out',
  justSoldOut: (name: string) => `“${name}” has just sold out. Nothing was charged.`,
  noLongerSoldTitle: 'No longer sold',
  noLongerSold: (name: string) => `“${name}” is no longer sold. Nothing was charged.`,
  priceChangedTitle: 'The price has changed',
  priceChanged: (name: string, before: string, now: string) =>
    `“${name}” was ${before} when you ordered it and is ${now} now. Nothing was charged. Order it again if you still want it.`,

  taxChanged:
    'How tax is charged has changed since you opened that page. Nothing was charged. Check the total before you order.',
  deliveryRequiredTitle: 'Choose a delivery option',
  deliveryRequired: 'This order needs delivery: choose a country and a delivery option. Nothing was charged.',
  notDeliveredTitle: 'We don’t deliver there yet',
  notDelivered: (country: string) => `We don’t deliver to ${country} yet.`,
  deliveryChangedTitle: 'Delivery has changed',
  deliveryGone:
    'That delivery option isn’t available any more. Nothing was charged. Please choose another one.',
  deliveryTimeChanged:
    'The delivery time has changed since you opened that page. Nothing was charged. Check it before you order.',
  orderedDeliveryGone:
    'The delivery option that you chose isn’t available any more. Nothing was charged. Check out again to choose another one.',
  deliveryPriceChanged:
    'The price of the delivery has changed since you ordered. Nothing was charged. Check out again to see the new total.',
  checkOutAgain: 'Check out again',

  /** Around the link to the terms. */
  terms: { before: 'I accept the ', link: 'terms', after: (version: string) => ` (version ${version}).` },
  termsRequiredTitle: 'Accept the terms',
  termsRequired: 'Accept the terms to place your order. Nothing was charged.',
  termsChanged:
    'The terms have changed since you opened that page. Nothing was charged. Read them, then accept them again.',

  totalChanged: (now: string) =>
    `The total is ${now} now, which is not what you saw. Nothing was charged. Check it before you order.`,

  tryAgainTitle: 'Please try again',
  checkoutBusy: 'Another checkout of this order is in progress. Nothing was charged.',
  cannotOpen:
    'We couldn’t open the payment page. Nothing was charged and your order is saved. Please try again in a minute.',
  orderBusy: 'Another order of the same items is in progress. Nothing was charged.',
  orderReplacedTitle: 'You placed a newer order',
  orderReplaced:
    'You ordered the same items in another window, and that order replaced this one. Nothing was charged.',
  viewNewerOrder: 'View the newer order',
  justPaidTitle: 'You’ve just paid for this',
  justPaid: 'Your earlier order of the same items has just been paid. Check it before you buy more.',
  processingTitle: 'Your payment is on its way',
  processing: 'Your bank hasn’t confirmed it yet. Please wait: paying again could charge you twice.',
  canceledTitle: 'This order is canceled',
  canceled:
    'This order was canceled, so it can’t be paid any more. Nothing was charged. Order again if you still want it.',
  alreadyPaidTitle: 'This order is paid',
  alreadyPaid: 'There’s nothing left to pay.',
  underReviewTitle: 'We’re reviewing this payment',
  underReview: 'Please don’t pay again. We’ll email you when we know more.',
  tooMuchHeldTitle: 'You have other orders to pay',
  tooMuchHeld:
    'Several unpaid orders are holding items for you. Pay one of them, or try again in half an hour.',
  tooManyCheckouts: 'Too many checkouts in a short time. Please wait a minute.',
  tooManyQuotes: 'Too many quotes in a short time. Please wait a minute.',

  refusedByStripeTitle: 'We can’t take this payment',
  refusedByStripe:
    'Stripe didn’t accept this order. Nothing was charged. We’ve logged it and will look into it.',
  stripeAwayTitle: 'The payment page is unavailable',
  stripeAway:
    'We couldn’t reach Stripe. Nothing was charged and your order is saved. Please try again in a minute.',
}
