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
  /** Disputed, and to be answered with earlier orders. */
  compelling: '4000 0004 0400 0038',
}
export const IBAN = { good: 'AT611904300234573201', failing: 'AT861904300235473202' }
/** Test bank accounts for debits in US dollars. */
export const ACCOUNT = { good: '000123456789', failing: '000111111116' }

type Fields = Record<string, string>

/** A town with its postal code, where a delivery to the country goes. */
const TOWNS: Record<string, [string, string]> = {
  DE: ['Berlin', '10435'],
  FR: ['Lyon', '69001'],
  JP: ['Kyoto', '600-8216'],
  US: ['San Francisco', '94103'],
}

/**
 * Submits the card form. The response is a 303 to the shop when paid, or the page again when declined.
 * @param fields more than what the page needs, or something else
 */
export function payByCard(checkoutUrl: string, number = CARD.good, fields: Fields = {}): Promise<Response> {
  const card = { method: 'card', number, expiry: '12 / 34', cvc: '123', postal_code: '94103' }
  return submit(checkoutUrl, { ...card, ...fields })
}

export function payByDebit(checkoutUrl: string, account: string): Promise<Response> {
  return submit(checkoutUrl, { method: 'bank_debit', account })
}

/** The response is a 303 to the voucher's page. */
export function payByVoucher(checkoutUrl: string, method = 'oxxo'): Promise<Response> {
  return submit(checkoutUrl, { method, voucher_name: 'Ada Shopper' })
}

/** Enters a promotion code on the page. */
export async function applyCode(checkoutUrl: string, code: string): Promise<void> {
  const { origin, pathname } = new URL(checkoutUrl)
  await supertest(origin).post(`${pathname}/promotion`).type('form').send({ code }).expect(303)
}

async function submit(checkoutUrl: string, fields: Fields): Promise<Response> {
  const { origin, pathname } = new URL(checkoutUrl)
  const page = await supertest(origin).get(pathname).expect(200)
  const send = (html: string) =>
    supertest(origin)
      .post(pathname)
      .redirects(0)
      .type('form')
      .send({ name: 'Ada Shopper', country: 'US', ...askedFor(html), ...fields })
  const answer = await send(page.text)
  // The address has changed the tax, and the page shows the new total.
  return answer.status === 409 ? send(answer.text) : answer
}

/** The form's hidden fields, and a phone number and an address where the page asks for them. */
function askedFor(html: string): Fields {
  const hidden = [...html.matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(([tag]) => [
    /name="([^"]*)"/.exec(tag)?.[1] ?? '',
    /value="([^"]*)"/.exec(tag)?.[1] ?? '',
  ])
  const country = /<select id="shipping_country"[\s\S]*?<option value="(\w+)"/.exec(html)?.[1]
  return {
    ...(Object.fromEntries(hidden) as Fields),
    ...(html.includes('name="phone"') && { phone: '+49 30 1234567' }),
    ...(country !== undefined && addressIn(country)),
  }
}

function addressIn(country: string): Fields {
  const [city, postalCode] = TOWNS[country] ?? ['Capital', '']
  return {
    shipping_name: 'Grace Hopper',
    shipping_line1: 'Kastanienallee 12',
    shipping_line2: '',
    shipping_city: city,
    shipping_state: '',
    shipping_postal_code: postalCode,
    shipping_country: country,
  }
}

/** The session id in the page's URL. */
export function sessionOf(checkoutUrl: string): string {
  return /cs_test_\w+/.exec(checkoutUrl)?.[0] ?? ''
}
