// Creating payment methods from cards and bank accounts.
import { invalidRequest, noSuch, StripeApiError } from '../api/errors.js'
import type { Account } from '../state/account.js'
import { derivedText, newId } from '../state/identifiers.js'
import type { Address, PaymentMethod } from '../wire.js'
import { type BankDebit, testAccount } from './bank-accounts.js'
import { cardBrand, hasValidCheckDigit } from './card-numbers.js'
import { namedTestCard, testCard, type TestCard } from './test-cards.js'
import type { VoucherType } from './voucher-types.js'

export interface BillingDetails {
  address?: Partial<Address> | null
  email?: string | null
  name?: string | null
  phone?: string | null
}

export interface CardEntry {
  number: string
  expMonth: number
  expYear: number
  cvc?: string | undefined
}

/**
 * Creates a payment method from a card as it was typed.
 *
 * @throws StripeApiError with Stripe's card errors, also for numbers that are not Stripe's test cards
 */
export function makeCard(account: Account, entry: CardEntry, billing: BillingDetails = {}): PaymentMethod {
  const number = entry.number.replace(/[\s-]/g, '')
  if (!/^\d{12,19}$/.test(number)) throw cardProblem('invalid_number', 'number')
  if (!hasValidCheckDigit(number)) throw cardProblem('incorrect_number', 'number')
  const { expMonth, expYear } = entry
  if (expMonth < 1 || expMonth > 12) throw cardProblem('invalid_expiry_month', 'exp_month')
  const year = expYear < 100 ? 2000 + expYear : expYear
  const today = new Date(account.now() * 1000)
  const monthsLeft = (year - today.getUTCFullYear()) * 12 + expMonth - (today.getUTCMonth() + 1)
  if (monthsLeft < 0 || monthsLeft > 50 * 12) throw cardProblem('invalid_expiry_year', 'exp_year')
  const cvcLength = cardBrand(number).cvcLength
  if (entry.cvc !== undefined && (!/^\d{3,4}$/.test(entry.cvc) || entry.cvc.length > cvcLength)) {
    throw cardProblem('invalid_cvc', 'cvc')
  }
  const card = testCard(number)
  // Never store a number that may be a real card.
  if (!card) throw cardProblem('test_mode_live_card', 'number')
  return storeCard(account, card, { expMonth, expYear: year, cvc: entry.cvc }, billing)
}

/** Creates a payment method from a name such as `pm_card_visa`. As at Stripe, each use creates a new one. */
export function makeNamedCard(
  account: Account,
  name: string,
  billing: BillingDetails = {},
): PaymentMethod | undefined {
  const card = namedTestCard(name)
  if (!card) return undefined
  const expYear = new Date(account.now() * 1000).getUTCFullYear() + 1
  return storeCard(
    account,
    card,
    { expMonth: 8, expYear, cvc: cardBrand(card.number).cvcLength === 4 ? '1234' : '123' },
    billing,
  )
}

/** The payment method for an id or a test card's name, as in a `payment_method` parameter. */
export function resolvePaymentMethod(account: Account, id: string, param = 'payment_method'): PaymentMethod {
  const found = account.find('payment_method', id) ?? makeNamedCard(account, id)
  if (!found) throw noSuch('payment_method', id, param)
  return found
}

function storeCard(
  account: Account,
  card: TestCard,
  entry: { expMonth: number; expYear: number; cvc: string | undefined },
  billing: BillingDetails,
): PaymentMethod {
  const { brand } = cardBrand(card.number)
  const postalCode = billing.address?.postal_code ?? null
  const method = store(account, card.number, billing, {
    type: 'card',
    card: {
      brand,
      checks: {
        address_line1_check: billing.address?.line1 ? 'pass' : null,
        address_postal_code_check: postalCode ? (card.failsCheck === 'postal_code' ? 'fail' : 'pass') : null,
        cvc_check: entry.cvc ? (card.failsCheck === 'cvc' ? 'fail' : 'pass') : null,
      },
      country: 'US',
      display_brand: brand,
      exp_month: entry.expMonth,
      exp_year: entry.expYear,
      fingerprint: derivedText(`${account.id}/${card.number}`, 16),
      funding: card.funding ?? 'credit',
      generated_from: null,
      last4: card.number.slice(-4),
      networks: { available: [brand], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
  })
  return method
}

/**
 * Creates a payment method from the number of a test account, either an IBAN or a US account number.
 *
 * @throws StripeApiError for other numbers
 */
export function makeBankAccount(
  account: Account,
  type: BankDebit,
  typed: string,
  billing: BillingDetails = {},
): PaymentMethod {
  const number = typed.replace(/[\s-]/g, '').toUpperCase()
  const known = testAccount(number)
  const param = type === 'sepa_debit' ? 'sepa_debit[iban]' : 'us_bank_account[account_number]'
  if (!known || known.type !== type) {
    const message =
      type === 'sepa_debit'
        ? 'The IBAN you provided is invalid. Use one of the test IBANs, for example AT611904300234573201.'
        : 'The account number you provided is invalid. Use one of the test accounts, for example 000123456789.'
    throw invalidRequest(
      message,
      param,
      type === 'sepa_debit' ? 'invalid_bank_account_iban' : 'account_number_invalid',
    )
  }
  if (known.refusedAtOnce) {
    throw invalidRequest(
      'The bank account you provided can not be used for payments at this time.',
      param,
      'bank_account_unusable',
    )
  }
  const last4 = number.slice(-4)
  const fingerprint = derivedText(`${account.id}/${number}`, 16)
  if (type === 'sepa_debit') {
    return store(account, number, billing, {
      type,
      sepa_debit: {
        bank_code: number.slice(4, 9),
        branch_code: '',
        country: number.slice(0, 2),
        fingerprint,
        generated_from: { charge: null, setup_attempt: null },
        last4,
      },
    })
  }
  return store(account, number, billing, {
    type,
    us_bank_account: {
      account_holder_type: 'individual',
      account_type: 'checking',
      bank_name: 'STRIPE TEST BANK',
      financial_connections_account: null,
      fingerprint,
      last4,
      networks: { preferred: 'ach', supported: ['ach'] },
      routing_number: '110000000',
      status_details: {},
    },
  })
}

/** Creates a payment method for a voucher. Only a boleto needs the customer's tax id. */
export function makeVoucher(
  account: Account,
  type: VoucherType,
  billing: BillingDetails,
  taxId: string,
): PaymentMethod {
  const details = type === 'boleto' ? { boleto: { tax_id: taxId } } : { [type]: {} }
  return store(account, type, billing, { type, ...details })
}

function store(
  account: Account,
  number: string,
  billing: BillingDetails,
  kind: Pick<PaymentMethod, 'type' | 'card' | VoucherType | 'sepa_debit' | 'us_bank_account'>,
): PaymentMethod {
  const method = account.save('payment_method', {
    id: newId('payment_method'),
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: {
      address: fullAddress(billing.address),
      email: billing.email ?? null,
      name: billing.name ?? null,
      phone: billing.phone ?? null,
      tax_id: null,
    },
    created: account.now(),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
    ...kind,
  })
  account.save('payment_source', { id: method.id, number })
  return method
}

/** The address with null for missing fields. */
export function fullAddress(address: Partial<Address> | null | undefined): Address {
  return {
    city: address?.city ?? null,
    country: address?.country ?? null,
    line1: address?.line1 ?? null,
    line2: address?.line2 ?? null,
    postal_code: address?.postal_code ?? null,
    state: address?.state ?? null,
  }
}

const CARD_PROBLEMS = {
  invalid_number: 'The card number is not a valid credit card number.',
  incorrect_number: 'Your card number is incorrect.',
  invalid_expiry_month: "Your card's expiration month is invalid.",
  invalid_expiry_year: "Your card's expiration year is invalid.",
  invalid_cvc: "Your card's security code is invalid.",
  test_mode_live_card:
    'Your card was declined. Your request was in test mode, but used a non test card. For a list of valid test cards, visit: https://stripe.com/docs/testing.',
}

function cardProblem(name: keyof typeof CARD_PROBLEMS, param: string): StripeApiError {
  const live = name === 'test_mode_live_card'
  return new StripeApiError(402, {
    type: 'card_error',
    code: live ? 'card_declined' : name,
    decline_code: live ? name : undefined,
    message: CARD_PROBLEMS[name],
    param,
  })
}
