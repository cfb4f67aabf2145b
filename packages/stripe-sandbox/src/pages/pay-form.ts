// Reads and checks the pay form.
import { offersSaving, savedCards } from '../payments/saved-cards.js'
import { needsMethod } from '../payments/confirm-session.js'
import { isPayableByVoucher, isVoucher, VOUCHER_TYPES, type VoucherType } from '../payments/voucher-types.js'
import { asksForTaxId } from '../payments/tax-id-collection.js'
import type { Account } from '../state/account.js'
import type { Session } from '../wire.js'
import { businessProblems, readBusiness, type TypedBusiness } from './business.js'
import { billingProblems, readAddress, shippingProblems, type TypedAddress } from './delivery-address.js'
import type { Problems } from './problems.js'

/** The pay form as the customer sent it. */
export interface PayForm {
  method: 'card' | 'bank_debit' | VoucherType
  email: string
  /** The id of the saved card to pay with. Empty: another card. */
  saved: string
  /** Whether the card is saved for later. */
  saves: boolean
  number: string
  expiry: string
  cvc: string
  name: string
  country: string
  postal_code: string
  account: string
  /** The digits of a CPF or CNPJ, which a boleto needs. */
  boletoTaxId: string
  phone: string
  /** The total that the page showed. Undefined when a program pays without seeing the page. */
  expectedAmount: number | undefined
  business: TypedBusiness
  billing: TypedAddress
  shipping: TypedAddress
  /** The promotion code as it was typed. */
  promotion_code?: string
}

const LONGEST_FIELD = 200

/** The field with the customer's name, for each method. */
const NAME_FIELDS = {
  card: 'name',
  bank_debit: 'account_holder',
  oxxo: 'voucher_name',
  boleto: 'voucher_name',
  konbini: 'voucher_name',
} as const

export function readPayForm(
  account: Account,
  body: Record<string, unknown>,
  session: Session,
): { form: PayForm; problems: Problems } {
  const text = (name: string): string => {
    const value = body[name]
    return typeof value === 'string' ? value.trim().slice(0, LONGEST_FIELD) : ''
  }
  const offered = methodsOf(session)
  const method = offered.find((each) => each === text('method')) ?? offered[0] ?? 'card'
  const form: PayForm = {
    method,
    email: session.customer_details?.email ?? text('email'),
    saved:
      method === 'card'
        ? (savedCards(account, session).find(({ id }) => id === text('saved'))?.id ?? '')
        : '',
    saves: text('save_card') !== '' && offersSaving(session),
    number: text('number'),
    expiry: text('expiry'),
    cvc: text('cvc'),
    name: text(NAME_FIELDS[method]) || text('name'),
    country: /^[A-Z]{2}$/.test(text('country')) ? text('country') : 'US',
    postal_code: text('postal_code'),
    account: text('account'),
    boletoTaxId: text('boleto_tax_id').replace(/\D/g, ''),
    phone: text('phone'),
    expectedAmount: /^\d{1,8}$/.test(text('expected_amount')) ? Number(text('expected_amount')) : undefined,
    business: readBusiness(text),
    billing: readAddress(text, 'billing'),
    shipping: readAddress(text, 'shipping'),
  }
  const asksForMethod = needsMethod(session)
  return {
    form,
    problems: {
      ...emailProblem(form),
      ...(asksForMethod ? methodProblems(form) : {}),
      ...(asksForMethod && session.billing_address_collection === 'required'
        ? billingProblems(form.billing)
        : {}),
      ...(asksForTaxId(account, session)
        ? businessProblems(form.business, session, businessCountryOf(form, session))
        : {}),
      ...(session.phone_number_collection?.enabled ? phoneProblem(form) : {}),
      ...(session.shipping_address_collection ? shippingProblems(form.shipping, session) : {}),
    },
  }
}

/** The methods among which the page lets the customer choose. */
export function methodsOf({
  payment_method_types: types,
  amount_total: total,
}: Session): PayForm['method'][] {
  return [
    ...(types.includes('card') ? ['card' as const] : []),
    ...(types.includes('sepa_debit') || types.includes('us_bank_account') ? ['bank_debit' as const] : []),
    ...VOUCHER_TYPES.filter((type) => types.includes(type) && isPayableByVoucher(type, total ?? 0)),
  ]
}

/** The country that decides the tax: that of the shipping address, otherwise that of the billing address. */
export function taxCountryOf(form: PayForm, session: Session): string | undefined {
  if (session.shipping_address_collection) return form.shipping.country
  return needsMethod(session) ? form.country : undefined
}

/** The country that decides whether a business must have a tax ID. Empty if the page does not ask for one. */
function businessCountryOf(form: PayForm, session: Session): string {
  return needsMethod(session) ? form.country : (taxCountryOf(form, session) ?? '')
}

function emailProblem(form: PayForm): Problems {
  if (form.email === '') return { email: 'Enter your email address.' }
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(form.email) ? {} : { email: 'This email address is incomplete.' }
}

function phoneProblem({ phone }: PayForm): Problems {
  if (phone === '') return { phone: 'Enter your phone number.' }
  return /^\+?[\d\s()./-]{6,20}$/.test(phone) ? {} : { phone: 'This phone number is incomplete.' }
}

function methodProblems(form: PayForm): Problems {
  const problems: Problems = {}
  if (form.method === 'bank_debit') {
    if (form.account === '') problems.account = 'Enter an IBAN or an account number.'
    if (form.name === '') problems.account_holder = 'Enter the account holder’s name.'
  } else if (isVoucher(form.method)) {
    if (form.name === '') problems.voucher_name = 'Enter your name.'
    if (form.method === 'boleto' && !/^(\d{11}|\d{14})$/.test(form.boletoTaxId))
      problems.boleto_tax_id = 'Enter a CPF with 11 digits or a CNPJ with 14.'
  } else if (form.saved === '') {
    if (form.number === '') problems.number = 'Enter a card number.'
    if (readExpiry(form.expiry) === undefined) problems.expiry = 'Enter the expiration date as MM / YY.'
    if (form.cvc === '') problems.cvc = 'Enter the security code.'
    if (form.name === '') problems.name = 'Enter the name on the card.'
    if (form.country === 'US' && form.postal_code === '') problems.postal_code = 'Enter a ZIP code.'
  }
  return problems
}

/** `12 / 34`, `12/2034`, `1234`. */
export function readExpiry(text: string): { month: number; year: number } | undefined {
  const [, month, year] = /^(\d{1,2})\s*[/-]?\s*(\d{4}|\d{2})$/.exec(text.trim()) ?? []
  return month === undefined || year === undefined ? undefined : { month: Number(month), year: Number(year) }
}
