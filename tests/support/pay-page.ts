// Pays on Stripe's hosted page by plain HTTP, as a browser without scripts does.
import type { Response } from 'supertest'
import supertest from 'supertest'

export const CARD = {
  good: '4242 4242 4242 4242',
  declined: '4000 0000 0000 0002',
  threeDSecure: '4000 0027 6000 3184',
  refundPending: '4000 0000 0000 7726',
  refundFails: '4000 0000 0000 5126',
  disputed: '4000 0000 0000 0259',
  inquiry: '4000 0000 0000 1976',
}
export const IBAN = { good: 'AT611904300234573201', failing: 'AT861904300235473202' }
/** Test bank accounts for debits in US dollars. */
export const ACCOUNT = { good: '000123456789', failing: '000111111116' }

/** Submits the card form. The response is a 303 to the shop when paid, or the page again when declined. */
export function payByCard(checkoutUrl: string, number = CARD.good): Promise<Response> {
  return submit(checkoutUrl, { method: 'card', number, expiry: '12 / 34', cvc: '123', postal_code: '94103' })
}

export function payByDebit(checkoutUrl: string, account: string): Promise<Response> {
  return submit(checkoutUrl, { method: 'bank_debit', account })
}

/** The response is a 303 to the voucher's page. */
export function payByVoucher(checkoutUrl: string): Promise<Response> {
  return submit(checkoutUrl, { method: 'oxxo', voucher_name: 'Ada Shopper' })
}

async function submit(checkoutUrl: string, fields: Record<string, string>): Promise<Response> {
  const { origin, pathname } = new URL(checkoutUrl)
  const page = await supertest(origin).get(pathname).expect(200)
  // The form's hidden fields are sent back.
  const hidden = [...page.text.matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(([tag]) => [
    /name="([^"]*)"/.exec(tag)?.[1] ?? '',
    /value="([^"]*)"/.exec(tag)?.[1] ?? '',
  ])
  const form = { ...Object.fromEntries(hidden), name: 'Ada Shopper', country: 'US', ...fields } as Record<
    string,
    string
  >
  return supertest(origin).post(pathname).redirects(0).type('form').send(form)
}

/** The session id in the page's URL. */
export function sessionOf(checkoutUrl: string): string {
  return /cs_test_\w+/.exec(checkoutUrl)?.[0] ?? ''
}
