// Creating charges and settling them to the balance.
import type { Account } from '../state/account.js'
import { derivedText, newId, randomText } from '../state/identifiers.js'
import type { Charge, PaymentIntent, PaymentMethod } from '../wire.js'
import type { Decline } from './declines.js'
import { recordBalanceTransaction, processingFee } from './fees.js'
import { isManualCapture } from './method-options.js'
import type { TestCard } from './test-cards.js'
import { voucherOf } from './voucher-details.js'

export interface ChargeResult {
  status: 'succeeded' | 'pending' | 'failed'
  decline?: Decline | undefined
  card?: TestCard | undefined
  /** The customer passed 3-D Secure. */
  authenticated?: boolean
}

/** Stores the charge of one payment attempt. */
export function createCharge(
  account: Account,
  intent: PaymentIntent,
  method: PaymentMethod,
  result: ChargeResult,
): Charge {
  const id = newId('charge')
  const failed = result.status === 'failed'
  const captured = result.status === 'succeeded' && !isManualCapture(intent, method)
  return account.save('charge', {
    id,
    object: 'charge',
    amount: intent.amount,
    amount_captured: captured ? intent.amount : 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: { ...method.billing_details, address: method.billing_details.address ?? null },
    calculated_statement_descriptor:
      method.type === 'card' ? (intent.statement_descriptor ?? 'SANDBOX') : null,
    captured,
    created: account.now(),
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: result.decline?.code ?? null,
    failure_message: result.decline?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: intent.metadata,
    on_behalf_of: null,
    outcome: result.status === 'pending' ? PENDING_OUTCOME : chargeOutcome(result),
    paid: result.status === 'succeeded',
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: methodDetails(intent, method, result, failed),
    ...(intent.presentment_details ? { presentment_details: intent.presentment_details } : {}),
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: failed ? null : `${account.context.baseUrl}/receipts/${id}`,
    refunded: false,
    review: null,
    shipping: intent.shipping,
    source: null,
    source_transfer: null,
    statement_descriptor: intent.statement_descriptor,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    status: result.status,
    transfer_data: null,
    transfer_group: intent.transfer_group,
  })
}

/** Creates the balance transaction of a captured charge. Stripe does this shortly after the charge has succeeded. */
export function settleCharge(account: Account, chargeId: string): Charge {
  const charge = account.get('charge', chargeId)
  if (charge.balance_transaction !== null || !charge.captured) return charge
  const booked = recordBalanceTransaction(account, {
    amount: charge.amount_captured,
    fee: processingFee(charge.amount_captured),
    currency: charge.currency,
    description: charge.description,
    source: charge.id,
    type: 'charge',
    category: 'charge',
    available: account.find('payment_source', charge.payment_method)?.number === '4000000000000077',
  })
  const settled = account.update('charge', charge.id, { balance_transaction: booked.id })
  account.emit('charge.updated', settled, { balance_transaction: null })
  return settled
}

const PENDING_OUTCOME: Charge['outcome'] = {
  advice_code: null,
  network_advice_code: null,
  network_decline_code: null,
  network_status: 'approved_by_network',
  reason: null,
  risk_level: 'not_assessed',
  seller_message: 'Payment complete.',
  type: 'authorized',
}

/** The `outcome` of a charge: risk, network status and decline reason. */
export function chargeOutcome(result: ChargeResult): Charge['outcome'] {
  const { decline, card } = result
  const risk = card?.risk ?? 'normal'
  const score = { normal: 20, elevated: 70, highest: 95 }[risk]
  const blocked = decline?.declineCode === 'fraudulent'
  return {
    advice_code: decline?.adviceCode ?? null,
    network_advice_code: null,
    network_decline_code: decline?.networkCode ?? null,
    network_status: blocked ? 'not_sent_to_network' : decline ? 'declined_by_network' : 'approved_by_network',
    reason: blocked ? 'highest_risk_level' : (decline?.declineCode ?? decline?.code ?? null),
    risk_level: risk,
    risk_score: score,
    seller_message: blocked
      ? 'Stripe blocked this payment as too risky.'
      : decline
        ? 'The bank returned the decline code.'
        : 'Payment complete.',
    type: blocked ? 'blocked' : decline ? 'issuer_declined' : 'authorized',
  }
}

function methodDetails(
  intent: PaymentIntent,
  method: PaymentMethod,
  result: ChargeResult,
  failed: boolean,
): Charge['payment_method_details'] {
  if (method.sepa_debit) {
    const { bank_code, branch_code, country, fingerprint, last4 } = method.sepa_debit
    return {
      type: 'sepa_debit',
      sepa_debit: { bank_code, branch_code, country, fingerprint, last4, mandate: newId('mandate') },
    }
  }
  if (method.us_bank_account) {
    const { account_holder_type, account_type, bank_name, fingerprint, last4, routing_number } =
      method.us_bank_account
    return {
      type: 'us_bank_account',
      us_bank_account: {
        account_holder_type,
        account_type,
        bank_name,
        fingerprint,
        last4,
        mandate: newId('mandate'),
        payment_reference: null,
        routing_number,
      },
    }
  }
  const { boleto } = method
  if (boleto) return { type: 'boleto', boleto: { tax_id: boleto.tax_id } }
  if (method.konbini) return { type: 'konbini', konbini: { store: { chain: 'lawson' } } }
  if (method.oxxo) return { type: 'oxxo', oxxo: { number: voucherOf(intent)?.number ?? null } }
  const { card } = method
  if (!card) throw new Error(`the payment method ${method.id} has no details`)
  return {
    type: 'card',
    card: {
      amount_authorized: failed ? null : intent.amount,
      authorization_code: failed ? null : randomText(6),
      brand: card.brand,
      checks:
        result.decline?.code === 'incorrect_cvc' && card.checks
          ? { ...card.checks, cvc_check: 'fail' }
          : card.checks,
      country: card.country,
      electronic_commerce_indicator: null,
      exp_month: card.exp_month,
      exp_year: card.exp_year,
      fingerprint: card.fingerprint ?? null,
      funding: card.funding,
      installments: null,
      last4: card.last4,
      mandate: null,
      network: card.brand,
      network_token: { used: false },
      network_transaction_id: derivedText(newId('charge'), 15),
      regulated_status: card.regulated_status,
      three_d_secure: result.authenticated ? AUTHENTICATED : null,
      transaction_link_id: null,
      wallet: null,
    },
  }
}

const AUTHENTICATED = {
  authentication_flow: 'challenge',
  electronic_commerce_indicator: '05',
  exemption_indicator: null,
  result: 'authenticated',
  result_reason: null,
  transaction_id: '8e6a1c55-4d5b-4c5e-9d1d-5f1f2b6c7a80',
  version: '2.2.0',
} as const
