// An order's states in the shopper's words, the same wherever an order is shown.
import type { OrderState } from './view-models.js'

interface StateWords {
  /** For a heading or a label. */
  name: string
  /** What it means for the shopper, and what they should do, or need not do. */
  sentence: string
}

export const ORDER_STATE_LABELS: Record<OrderState, StateWords> = {
  pending: {
    name: 'Waiting for payment',
    sentence: 'Nothing has been charged. Pay when you are ready.',
  },
  confirming: {
    name: 'Being confirmed',
    sentence:
      'Something about this payment must be checked by a person first. Please do not pay again; we will write to you.',
  },
  processing: {
    name: 'Payment on its way',
    sentence:
      'Your bank is sending the money, which can take a few days. There is no need to pay again; we will write to you when it arrives.',
  },
  paid: {
    name: 'Paid',
    sentence: 'Your payment arrived and nothing more is needed from you.',
  },
  partially_refunded: {
    name: 'Partly refunded',
    sentence:
      'Some of the money has gone back to where it came from. It can take some days until your bank shows it.',
  },
  refunded: {
    name: 'Refunded',
    sentence:
      'The money has gone back to where it came from. It can take some days until your bank shows it.',
  },
  disputed: {
    name: 'Disputed',
    sentence:
      'Your bank is looking into this payment and holds the money while it decides. There is nothing for you to do here.',
  },
  charged_back: {
    name: 'Charged back',
    sentence: 'Your bank decided about this payment: the money is with you again, and this order is closed.',
  },
  failed: {
    name: 'Payment failed',
    sentence:
      'The payment did not go through, and no money was taken. You can try again with the same or another way to pay.',
  },
  expired: {
    name: 'Not paid',
    sentence: 'This order was not paid, and nothing was charged. It is kept here, and you can still pay.',
  },
}

/** Instead, once the units are taken from stock: from the first click on Pay until its checkout ends. */
export const PENDING_AND_HELD =
  'Nothing has been charged. Pay when you are ready; we hold these for you for a short while.'

/** Instead, while a payment on its way may be: as the mail about it says. */
export function onItsWayUntil(day: string): string {
  return `Your bank is sending the money: expect news from us by ${day}. There is no need to pay again; we will write to you when it arrives, or if it does not.`
}
