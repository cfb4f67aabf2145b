// API operations for a customer's sources: the cards API from before payment methods.
import type Stripe from 'stripe'
import { notFound } from '../api/errors.js'
import { listPage } from '../api/lists.js'
import { mergeMetadata } from '../api/metadata.js'
import { operation } from '../api/operation.js'
import type { Account } from '../state/account.js'
import type { Card } from '../wire.js'
import { addSource } from './add-source.js'
import { requireCustomer } from './customers.js'
import { previousValues } from './previous-values.js'
import { refuseAllBut } from './unsupported-parameters.js'

/** `stripe trigger` and older shops still create cards from tokens. */
export const sourceOperations = [
  operation<Stripe.CustomerCreateSourceParams>(
    'POST /v1/customers/{customer}/sources',
    ({ account, id }, params) => {
      refuseAllBut(params, ['source', 'metadata'])
      const card = addSource(account, requireCustomer(account, id), params.source)
      return account.update('card', card.id, { metadata: mergeMetadata({}, params.metadata) })
    },
  ),

  operation<Stripe.CustomerListSourcesParams>('GET /v1/customers/{customer}/sources', (call, params) => {
    const { id } = requireCustomer(call.account, call.id)
    return listPage(
      call,
      'source',
      call.account.all('card'),
      params,
      (card) => card.customer === id && (params.object === undefined || params.object === 'card'),
    )
  }),

  operation('GET /v1/customers/{customer}/sources/{id}', ({ account, id, path }) =>
    requireCard(account, id, path),
  ),

  operation<Stripe.CustomerUpdateSourceParams>(
    'POST /v1/customers/{customer}/sources/{id}',
    ({ account, id, path }, params) => {
      refuseAllBut(params, ['metadata'])
      const card = requireCard(account, id, path)
      const updated = account.update('card', card.id, {
        metadata: mergeMetadata(card.metadata ?? {}, params.metadata),
      })
      account.emit('customer.source.updated', updated, previousValues(card, updated))
      return updated
    },
  ),
]

function requireCard(account: Account, customerId: string, path: string): Card {
  const id = path.split('/').at(-1) ?? ''
  const card = account.find('card', id)
  if (card?.customer !== customerId) throw notFound('source', id)
  return card
}
