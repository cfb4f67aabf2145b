// Confirming a payment intent: charge, decline, 3-D Secure challenge or bank debit.
import type { Account } from '../state/account.js'
import type { PaymentIntent, PaymentMethod } from '../wire.js'
import { SLOW_FACTOR, testAccount } from './bank-accounts.js'
import { createCharge } from './charges.js'
import { decline, type DeclineName } from './declines.js'
import { openCardDisputes } from './disputes.js'
import { warnOfFraud } from './fraud-warnings.js'
import { declineFields, lastPaymentError } from './intents.js'
import { notifyActionRequired, notifyFailed, notifyPaid, withSessionCustomer } from './intent-owner.js'
import { isManualCapture, isSaved } from './method-options.js'
import { markUsed } from './method-owner.js'
import { testCard, type TestCard } from './test-cards.js'
import { issueVoucher } from './vouchers.js'
import { isVoucher } from './voucher-types.js'
import type { ErrorFields } from '../api/errors.js'

/** The result of a confirmation. `url` is the page of the 3-D Secure challenge or of the voucher. */
export type Confirmation =
  | { result: 'paid' | 'processing' | 'authorized' }
  | { result: 'challenge'; url: string }
  | { result: 'voucher'; url: string }
  | { result: 'declined'; error: ErrorFields }

/** How long after its capture a charge reaches the balance. */
const CAPTURE_DELAY_SECONDS = 2

interface ConfirmOptions {
  /**
   * A new intent whose `payment_intent.created` has not been sent. Checkout sends it after a successful charge, but
   * before any other outcome.
   */
  unannounced?: PaymentIntent
  /** The customer is not present, for example when a subscription renews. */
  offSession?: boolean
  /** Decline the payment if the card needs 3-D Secure, as nobody can complete the challenge. */
  failOnChallenge?: boolean
}

/** Confirms a payment intent with a payment method. The pay page, the API, the CLI and billing all use it. */
export function confirmIntent(
  account: Account,
  intent: PaymentIntent,
  method: PaymentMethod,
  { unannounced, offSession = false, failOnChallenge = false }: ConfirmOptions = {},
): Confirmation {
  const announce = (): void => {
    if (unannounced) account.emit('payment_intent.created', unannounced)
  }
  const { number } = account.get('payment_source', method.id)
  if (isVoucher(method.type)) {
    announce()
    return { result: 'voucher', url: issueVoucher(account, intent, method, method.type) }
  }
  if (method.type !== 'card') {
    announce()
    return startDebit(account, intent, method, number)
  }
  const card = testCard(number)
  if (!card) throw new Error(`the payment method ${method.id} has an unknown number`)
  const requested = intent.payment_method_options?.card?.request_three_d_secure
  const challenges = card.challenge && !(offSession && card.skipsChallengeOffSession)
  if (challenges || requested === 'any' || requested === 'challenge') {
    announce()
    if (failOnChallenge) return fail(account, intent, method, 'authentication_required', card)
    return askForAuthentication(account, intent, method)
  }
  if (card.declined) {
    announce()
    return fail(account, intent, method, card.declined, card)
  }
  return succeed(account, intent, method, card, { announce, authenticated: false })
}

/** Continues a payment after the customer has passed or failed the 3-D Secure challenge. */
export function answerChallenge(account: Account, intent: PaymentIntent, passed: boolean): Confirmation {
  const method = account.get('payment_method', intent.payment_method)
  const card = testCard(account.get('payment_source', method.id).number)
  const waiting = account.update('payment_intent', intent.id, { next_action: null })
  if (!passed) return failWithoutCharge(account, waiting, method)
  if (card?.declined) return fail(account, waiting, method, card.declined, card)
  return succeed(account, waiting, method, card, { announce: () => undefined, authenticated: true })
}

function succeed(
  account: Account,
  given: PaymentIntent,
  method: PaymentMethod,
  card: TestCard | undefined,
  { announce, authenticated }: { announce: () => void; authenticated: boolean },
): Confirmation {
  const intent = withSessionCustomer(account, given, method)
  const charge = createCharge(account, intent, method, { status: 'succeeded', card, authenticated })
  account.emit('charge.succeeded', charge)
  const manual = isManualCapture(intent, method)
  const paid = account.update('payment_intent', intent.id, {
    status: manual ? 'requires_capture' : 'succeeded',
    amount_received: manual ? 0 : intent.amount,
    amount_capturable: manual ? intent.amount : 0,
    latest_charge: charge.id,
    payment_method: method.id,
    last_payment_error: null,
    next_action: null,
    processing: null,
  })
  notifyPaid(account, paid, method, manual ? 'unpaid' : 'paid', () => {
    account.emit(manual ? 'payment_intent.amount_capturable_updated' : 'payment_intent.succeeded', paid)
    announce()
  })
  if (!isSaved(intent, method)) markUsed(account, method.id)
  if (!manual) account.schedule('settle_charge', charge.id, CAPTURE_DELAY_SECONDS)
  if (card?.dispute && !manual) openCardDisputes(account, charge.id, card.dispute)
  if (card?.fraudWarning && !manual) warnOfFraud(account, charge)
  return { result: manual ? 'authorized' : 'paid' }
}

function fail(
  account: Account,
  intent: PaymentIntent,
  method: PaymentMethod,
  reason: DeclineName,
  card: TestCard,
): Confirmation {
  const charge = createCharge(account, intent, method, { status: 'failed', decline: decline(reason), card })
  account.emit('charge.failed', charge)
  return failed(account, intent, declineFields(decline(reason), method, charge.id), charge.id)
}

function failWithoutCharge(account: Account, intent: PaymentIntent, method: PaymentMethod): Confirmation {
  return failed(
    account,
    intent,
    declineFields(decline('authentication_failed'), method, null),
    intent.latest_charge,
  )
}

function failed(
  account: Account,
  intent: PaymentIntent,
  error: ErrorFields,
  charge: string | null,
): Confirmation {
  const reopened = account.update('payment_intent', intent.id, {
    status: 'requires_payment_method',
    payment_method: null,
    next_action: null,
    last_payment_error: lastPaymentError(error),
    latest_charge: charge,
  })
  account.emit('payment_intent.payment_failed', reopened)
  notifyFailed(account, reopened)
  return { result: 'declined', error }
}

function askForAuthentication(account: Account, intent: PaymentIntent, method: PaymentMethod): Confirmation {
  const url = `${account.context.baseUrl}/authenticate/${intent.id}`
  const { returnUrl } = account.get('intent_details', intent.id)
  const waiting = account.update('payment_intent', intent.id, {
    status: 'requires_action',
    payment_method: method.id,
    last_payment_error: null,
    next_action: { type: 'redirect_to_url', redirect_to_url: { url, return_url: returnUrl } },
  })
  account.emit('payment_intent.requires_action', waiting)
  notifyActionRequired(account, waiting)
  return { result: 'challenge', url }
}

function startDebit(
  account: Account,
  intent: PaymentIntent,
  method: PaymentMethod,
  number: string,
): Confirmation {
  const charge = createCharge(account, intent, method, { status: 'pending' })
  const processing = account.update('payment_intent', intent.id, {
    status: 'processing',
    payment_method: method.id,
    latest_charge: charge.id,
    last_payment_error: null,
  })
  account.emit('payment_intent.processing', processing)
  account.emit('charge.pending', charge)
  notifyPaid(account, processing, method, 'unpaid', () => undefined)
  if (!isSaved(intent, method)) markUsed(account, method.id)
  const bank = testAccount(number)
  if (bank && bank.outcome !== 'never') {
    const seconds = account.context.delayedMethodSeconds * (bank.slow ? SLOW_FACTOR : 1)
    account.schedule('finish_debit', intent.id, seconds)
  }
  return { result: 'processing' }
}
