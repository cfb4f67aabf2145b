// Stripe's test bank accounts for delayed payments.
import type { DeclineName } from './declines.js'

export type BankDebit = 'sepa_debit' | 'us_bank_account'

export interface TestAccount {
  number: string
  type: BankDebit
  /** What it does, as shown to people. */
  does: string
  /** The bank's answer. With `never` the payment stays in processing. */
  outcome: 'paid' | 'never' | DeclineName
  /** The answer takes `SLOW_FACTOR` times as long. */
  slow?: boolean
  /** The payment is disputed after it succeeds. */
  disputed?: boolean
  /** Refused when the payment method is created. */
  refusedAtOnce?: boolean
}

/** Stripe's test accounts (https://docs.stripe.com/testing#non-card-payments). */
export const TEST_ACCOUNTS: readonly TestAccount[] = [
  { number: 'AT611904300234573201', type: 'sepa_debit', does: 'Paid later', outcome: 'paid' },
  {
    number: 'AT321904300235473204',
    type: 'sepa_debit',
    does: 'Paid much later',
    outcome: 'paid',
    slow: true,
  },
  { number: 'AT861904300235473202', type: 'sepa_debit', does: 'Fails later', outcome: 'debit_failed' },
  {
    number: 'AT051904300235473205',
    type: 'sepa_debit',
    does: 'Fails much later',
    outcome: 'debit_failed',
    slow: true,
  },
  {
    number: 'AT591904300235473203',
    type: 'sepa_debit',
    does: 'Paid later, then disputed',
    outcome: 'paid',
    disputed: true,
  },
  {
    number: 'AT511904300000066666',
    type: 'sepa_debit',
    does: 'Refused at once',
    outcome: 'no_account',
    refusedAtOnce: true,
  },
  { number: 'IT60X0542811101000000123456', type: 'sepa_debit', does: 'Fails later', outcome: 'debit_failed' },
  { number: '000123456789', type: 'us_bank_account', does: 'Paid later', outcome: 'paid' },
  {
    number: '000111111113',
    type: 'us_bank_account',
    does: 'Fails later: account closed',
    outcome: 'account_closed',
  },
  { number: '000111111116', type: 'us_bank_account', does: 'Fails later: no account', outcome: 'no_account' },
  {
    number: '000222222227',
    type: 'us_bank_account',
    does: 'Fails later: insufficient funds',
    outcome: 'debit_insufficient_funds',
  },
  {
    number: '000333333335',
    type: 'us_bank_account',
    does: 'Fails later: debit not authorized',
    outcome: 'debit_not_authorized',
  },
  {
    number: '000555555559',
    type: 'us_bank_account',
    does: 'Paid later, then disputed',
    outcome: 'paid',
    disputed: true,
  },
  { number: '000000000009', type: 'us_bank_account', does: 'Stays in processing', outcome: 'never' },
]

const BY_NUMBER = new Map(TEST_ACCOUNTS.map((account) => [account.number, account]))

export function testAccount(number: string): TestAccount | undefined {
  return BY_NUMBER.get(number)
}

/** How many times longer than usual a slow test account takes. */
export const SLOW_FACTOR = 12

/**
 * The bank debit that a session in this currency offers. Stripe offers each one in its own currency only. The sandbox
 * offers SEPA debit in all currencies but US dollars, so that any shop can test delayed payments.
 */
export function bankDebitFor(currency: string): BankDebit {
  return currency === 'usd' ? 'us_bank_account' : 'sepa_debit'
}
