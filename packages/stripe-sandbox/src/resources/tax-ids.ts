// API operations for the tax IDs of customers.
import type Stripe from 'stripe'
import { notFound } from '../api/errors.js'
import { listPage } from '../api/lists.js'
import { operation } from '../api/operation.js'
import { checkTaxId, createTaxId } from '../payments/customer-tax-ids.js'
import type { Account } from '../state/account.js'
import type { TaxIdRecord } from '../wire.js'
import { requireCustomer } from './customers.js'

export const taxIdOperations = [
  operation<Stripe.CustomerCreateTaxIdParams>(
    'POST /v1/customers/{customer}/tax_ids',
    ({ account, id }, { type, value }) => {
      const customer = requireCustomer(account, id)
      return createTaxId(account, customer.id, checkTaxId({ type, value }, 'value'))
    },
  ),

  operation<Stripe.CustomerListTaxIdsParams>('GET /v1/customers/{customer}/tax_ids', (call, params) => {
    const { id } = requireCustomer(call.account, call.id)
    return listPage(call, 'tax_id', call.account.all('tax_id'), params, (taxId) => taxId.customer === id)
  }),

  operation('GET /v1/customers/{customer}/tax_ids/{id}', ({ account, id, path }) =>
    requireTaxId(account, id, path),
  ),

  operation('DELETE /v1/customers/{customer}/tax_ids/{id}', ({ account, id, path }) => {
    const taxId = requireTaxId(account, id, path)
    account.remove('tax_id', taxId.id)
    account.emit('customer.tax_id.deleted', taxId)
    return { id: taxId.id, object: 'tax_id', deleted: true }
  }),
]

function requireTaxId(account: Account, customerId: string, path: string): TaxIdRecord {
  const id = path.split('/').at(-1) ?? ''
  const taxId = account.find('tax_id', id)
  if (taxId?.customer !== customerId) throw notFound('tax_id', id)
  return taxId
}
