// Adding a card to a customer's sources.
import { noSuch, StripeApiError } from '../api/errors.js'
import { attachRefusal } from '../payments/attach.js'
import { cardBrand } from '../payments/card-numbers.js'
import { makeNamedCard } from '../payments/payment-methods.js'
import type { Account } from '../state/account.js'
import { newId } from '../state/identifiers.js'
import type { Card, Customer, PaymentMethod } from '../wire.js'

/** Adds the card for a token to a customer. The first card becomes the default source. */
export function addSource(account: Account, customer: Customer, token: string): Card {
  const made = makeNamedCard(account, token)
  if (!made) throw noSuch('token', token, 'source')
  const refusal = attachRefusal(account, made)
  if (refusal) throw new StripeApiError(402, refusal, true)
  const method = storeUnderId(account, { ...made, customer: customer.id }, newId('card'))
  const { number } = account.get('payment_source', method.id)
  const card = account.save('card', cardOf(method, customer.id, cardBrand(number).name))
  account.emit('customer.source.created', card)
  if (customer.default_source === null) {
    account.update('customer', customer.id, { default_source: card.id })
  }
  return card
}

/** Stores a payment method under a card's id, so that payments can use the card. */
function storeUnderId(account: Account, method: PaymentMethod, id: string): PaymentMethod {
  const { number } = account.get('payment_source', method.id)
  account.remove('payment_method', method.id)
  account.remove('payment_source', method.id)
  account.save('payment_source', { id, number })
  return account.save('payment_method', { ...method, id })
}

function cardOf({ id, card }: PaymentMethod, customer: string, brand: string): Card {
  if (!card) throw new Error(`the payment method ${id} is not a card`)
  return {
    id,
    object: 'card',
    address_city: null,
    address_country: null,
    address_line1: null,
    address_line1_check: null,
    address_line2: null,
    address_state: null,
    address_zip: null,
    address_zip_check: null,
    allow_redisplay: 'unspecified',
    brand,
    country: card.country,
    customer,
    cvc_check: card.checks?.cvc_check ?? null,
    dynamic_last4: null,
    exp_month: card.exp_month,
    exp_year: card.exp_year,
    fingerprint: card.fingerprint ?? null,
    funding: card.funding,
    last4: card.last4,
    metadata: {},
    name: null,
    regulated_status: 'unregulated',
    tokenization_method: null,
  }
}
