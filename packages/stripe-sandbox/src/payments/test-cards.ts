// Stripe's test cards and what each one does.
import type { DeclineName } from './declines.js'

/** The disputes that test cards open after a payment. */
export type CardDispute =
  'fraudulent' | 'product_not_received' | 'inquiry' | 'multiple' | 'compelling_evidence'

export interface TestCard {
  number: string
  /** The names after `pm_card_` or `tok_`. Some cards have none. */
  names: string[]
  /** What it does, as shown to people. */
  does: string
  /** Requires 3-D Secure first. */
  challenge?: boolean
  /** No 3-D Secure for off-session payments, as the card was set up for them. */
  skipsChallengeOffSession?: boolean
  /** Can be attached to a customer although charges are declined. */
  attachable?: boolean
  /** Why charges are declined, after 3-D Secure if there is any. Absent if they succeed. */
  declined?: DeclineName
  dispute?: CardDispute
  /** Sends an early fraud warning after the payment. */
  fraudWarning?: boolean
  refund?: 'pending' | 'fails'
  risk?: 'elevated' | 'highest'
  failsCheck?: 'cvc' | 'postal_code'
  funding?: 'credit' | 'debit' | 'prepaid'
}

/** From https://docs.stripe.com/testing. Any future expiry date and any security code are valid. */
export const TEST_CARDS: readonly TestCard[] = [
  { number: '4242424242424242', names: ['visa', 'us'], does: 'Pays' },
  { number: '4000056655665556', names: ['visa_debit'], does: 'Pays (Visa debit)', funding: 'debit' },
  { number: '5555555555554444', names: ['mastercard'], does: 'Pays (Mastercard)' },
  { number: '2223003122003222', names: [], does: 'Pays (Mastercard, 2-series)' },
  {
    number: '5200828282828210',
    names: ['mastercard_debit'],
    does: 'Pays (Mastercard debit)',
    funding: 'debit',
  },
  {
    number: '5105105105105100',
    names: ['mastercard_prepaid'],
    does: 'Pays (Mastercard prepaid)',
    funding: 'prepaid',
  },
  { number: '378282246310005', names: ['amex'], does: 'Pays (American Express)' },
  { number: '371449635398431', names: [], does: 'Pays (American Express)' },
  { number: '6011111111111117', names: ['discover'], does: 'Pays (Discover)' },
  { number: '3056930009020004', names: ['diners'], does: 'Pays (Diners Club)' },
  { number: '3566002020360505', names: ['jcb'], does: 'Pays (JCB)' },
  { number: '6200000000000005', names: ['unionpay'], does: 'Pays (UnionPay)' },
  { number: '4000000000000077', names: ['bypassPending'], does: 'Pays, and the money is available at once' },
  {
    number: '4000000000003055',
    names: ['threeDSecureOptional'],
    does: 'Pays; 3-D Secure is possible, not asked',
  },
  { number: '4000000000003097', names: [], does: 'Pays; asking for 3-D Secure would fail' },
  {
    number: '4000000000009235',
    names: ['riskLevelElevated'],
    does: 'Pays, with elevated risk',
    risk: 'elevated',
  },
  {
    number: '4000000000004954',
    names: ['riskLevelHighest'],
    does: 'Pays, with the highest risk',
    risk: 'highest',
  },
  { number: '4000000000000101', names: ['cvcCheckFail'], does: 'Pays, CVC check fails', failsCheck: 'cvc' },
  {
    number: '4000000000000036',
    names: ['avsZipFail'],
    does: 'Pays, ZIP check fails',
    failsCheck: 'postal_code',
  },

  {
    number: '4000000000003220',
    names: ['threeDSecure2Required'],
    does: 'Asks for 3-D Secure, then pays',
    challenge: true,
  },
  {
    number: '4000000000003063',
    names: ['threeDSecureRequired'],
    does: 'Asks for 3-D Secure, then pays',
    challenge: true,
  },
  {
    number: '4000002500003155',
    names: ['authenticationRequiredOnSetup'],
    does: 'Asks for 3-D Secure, then pays',
    challenge: true,
    skipsChallengeOffSession: true,
  },
  {
    number: '4000002760003184',
    names: ['authenticationRequired'],
    does: 'Asks for 3-D Secure, then pays',
    challenge: true,
  },
  {
    number: '4000003800000446',
    names: ['authenticationRequiredSetupForOffSession'],
    does: 'Asks for 3-D Secure, then pays',
    challenge: true,
    skipsChallengeOffSession: true,
  },
  {
    number: '4000008260003178',
    names: ['authenticationRequiredChargeDeclinedInsufficientFunds'],
    does: 'Asks for 3-D Secure, then declined: insufficient funds',
    challenge: true,
    declined: 'insufficient_funds',
  },
  {
    number: '4000008400001629',
    names: ['threeDSecureRequiredChargeDeclined'],
    does: 'Asks for 3-D Secure, then declined',
    challenge: true,
    declined: 'generic_decline',
  },
  {
    number: '4000008400001280',
    names: ['threeDSecureRequiredProcessingError'],
    does: 'Asks for 3-D Secure, then a processing error',
    challenge: true,
    declined: 'processing_error',
  },

  { number: '4000000000000002', names: ['chargeDeclined'], does: 'Declined', declined: 'generic_decline' },
  {
    number: '4000000000009995',
    names: ['chargeDeclinedInsufficientFunds'],
    does: 'Declined: insufficient funds',
    declined: 'insufficient_funds',
  },
  {
    number: '4000000000009987',
    names: ['chargeDeclinedLostCard'],
    does: 'Declined: lost card',
    declined: 'lost_card',
  },
  {
    number: '4000000000009979',
    names: ['chargeDeclinedStolenCard'],
    does: 'Declined: stolen card',
    declined: 'stolen_card',
  },
  {
    number: '4000000000000069',
    names: ['chargeDeclinedExpiredCard'],
    does: 'Declined: expired card',
    declined: 'expired_card',
  },
  {
    number: '4000000000000127',
    names: ['chargeDeclinedIncorrectCvc'],
    does: 'Declined: wrong security code',
    declined: 'incorrect_cvc',
  },
  {
    number: '4000000000000119',
    names: ['chargeDeclinedProcessingError'],
    does: 'Declined: processing error',
    declined: 'processing_error',
  },
  {
    number: '4000000000006975',
    names: ['chargeDeclinedVelocityLimitExceeded'],
    does: 'Declined: too many attempts',
    declined: 'card_velocity_exceeded',
  },
  {
    number: '4000000000000341',
    names: ['chargeCustomerFail'],
    does: 'Declined on every charge',
    declined: 'generic_decline',
    attachable: true,
  },
  {
    number: '4100000000000019',
    names: ['radarBlock'],
    does: 'Blocked as fraud',
    declined: 'fraudulent',
    risk: 'highest',
  },

  {
    number: '4000000000000259',
    names: ['createDispute'],
    does: 'Pays, then disputed as fraud',
    dispute: 'fraudulent',
  },
  {
    number: '4000000000002685',
    names: ['createDisputeProductNotReceived'],
    does: 'Pays, then disputed: not received',
    dispute: 'product_not_received',
  },
  {
    number: '4000000000001976',
    names: ['createDisputeInquiry'],
    does: 'Pays, then an inquiry',
    dispute: 'inquiry',
  },
  {
    number: '4000000404000079',
    names: ['createMultipleDisputes'],
    does: 'Pays, then disputed twice',
    dispute: 'multiple',
  },
  {
    number: '4000000404000038',
    names: ['createCe3EligibleDispute'],
    does: 'Pays, then disputed: Visa CE 3.0',
    dispute: 'compelling_evidence',
  },
  {
    number: '4000000000005423',
    names: ['createIssuerFraudRecord'],
    does: 'Pays, then an early fraud warning',
    fraudWarning: true,
  },
  {
    number: '4000000000007726',
    names: ['pendingRefund'],
    does: 'Pays; a refund is pending first',
    refund: 'pending',
  },
  { number: '4000000000005126', names: ['refundFail'], does: 'Pays; a refund fails later', refund: 'fails' },
]

const BY_NUMBER = new Map(TEST_CARDS.map((card) => [card.number, card]))
const BY_NAME = new Map(
  TEST_CARDS.flatMap((card) => card.names.map((name): [string, TestCard] => [name, card])),
)

export function testCard(number: string): TestCard | undefined {
  return BY_NUMBER.get(number)
}

/** The test card for `pm_card_visa`, `tok_chargeDeclined` or `pm_card_visa_chargeDeclined`, for example. */
export function namedTestCard(id: string): TestCard | undefined {
  const [, name = ''] = /^(?:pm_card|tok)_(\w+)$/.exec(id) ?? []
  return BY_NAME.get(name) ?? BY_NAME.get(name.replace(/^visa_/, ''))
}
