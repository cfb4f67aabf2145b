// The reasons why payments fail, with Stripe's codes and messages.

/** A reason for a failed payment, as the error and the charge show it. */
export interface Decline {
  code: string
  declineCode?: string
  message: string
  /** The card network's code. Absent when the payment never reached the network. */
  networkCode?: string
  adviceCode?: 'try_again_later' | 'do_not_try_again' | 'confirm_card_data'
}

const DECLINED = 'Your card was declined.'

export const DECLINES = {
  generic_decline: {
    code: 'card_declined',
    declineCode: 'generic_decline',
    message: DECLINED,
    networkCode: '01',
    adviceCode: 'try_again_later',
  },
  insufficient_funds: {
    code: 'card_declined',
    declineCode: 'insufficient_funds',
    message: 'Your card has insufficient funds.',
    networkCode: '51',
    adviceCode: 'try_again_later',
  },
  lost_card: {
    code: 'card_declined',
    declineCode: 'lost_card',
    message: DECLINED,
    networkCode: '41',
    adviceCode: 'do_not_try_again',
  },
  stolen_card: {
    code: 'card_declined',
    declineCode: 'stolen_card',
    message: DECLINED,
    networkCode: '43',
    adviceCode: 'do_not_try_again',
  },
  expired_card: {
    code: 'expired_card',
    declineCode: 'expired_card',
    message: 'Your card has expired.',
    networkCode: '54',
    adviceCode: 'do_not_try_again',
  },
  incorrect_cvc: {
    code: 'incorrect_cvc',
    declineCode: 'incorrect_cvc',
    message: "Your card's security code is incorrect.",
    networkCode: '82',
    adviceCode: 'confirm_card_data',
  },
  processing_error: {
    code: 'processing_error',
    declineCode: 'processing_error',
    message: 'An error occurred while processing your card. Try again in a little bit.',
    networkCode: '06',
    adviceCode: 'try_again_later',
  },
  card_velocity_exceeded: {
    code: 'card_declined',
    declineCode: 'card_velocity_exceeded',
    message:
      'Your card was declined for making repeated attempts too frequently or exceeding its amount limit.',
    networkCode: '65',
    adviceCode: 'try_again_later',
  },
  fraudulent: {
    code: 'card_declined',
    declineCode: 'fraudulent',
    message: DECLINED,
  },
  authentication_required: {
    code: 'authentication_required',
    declineCode: 'authentication_required',
    message: 'Your card was declined. This transaction requires authentication.',
  },
  authentication_failed: {
    code: 'payment_intent_authentication_failure',
    message:
      'We are unable to authenticate your payment method. Please choose a different payment method and try again.',
  },
  account_closed: {
    code: 'account_closed',
    message: 'The customer’s bank account has been closed.',
  },
  no_account: {
    code: 'no_account',
    message: 'The customer’s bank account could not be located.',
  },
  debit_insufficient_funds: {
    code: 'insufficient_funds',
    message: 'The customer’s account has insufficient funds to cover this payment.',
  },
  debit_not_authorized: {
    code: 'debit_not_authorized',
    message: 'The customer has notified their bank that this payment was unauthorized.',
  },
  debit_failed: {
    code: 'payment_intent_payment_attempt_failed',
    message: 'The customer’s bank refused the debit.',
  },
} satisfies Record<string, Decline>

export type DeclineName = keyof typeof DECLINES

export function decline(name: DeclineName): Decline {
  return DECLINES[name]
}
