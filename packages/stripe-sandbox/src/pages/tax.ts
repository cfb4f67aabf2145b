// The country form of the pay page, which decides automatic tax together with the tax ID of a business.
import type { Router } from 'express'
import { invalidRequest } from '../api/errors.js'
import { isTaxId } from '../money/tax-ids.js'
import { asksForTaxId } from '../payments/tax-id-collection.js'
import { setBusiness, setTaxCountry } from '../payments/tax-location.js'
import { businessOf, readBusiness } from './business.js'
import type { PageDeps } from './page-deps.js'
import { COUNTRIES } from './countries.js'
import { sessionChange } from './session-change.js'

export function taxPages(parts: PageDeps): Router {
  return sessionChange(parts, {
    name: 'tax',
    apply(account, session, body) {
      const known = COUNTRIES.find(({ code }) => code === body.country)
      if (!known) throw invalidRequest('Choose a country.', 'country')
      const located = setTaxCountry(account, session, known.code)
      if (!asksForTaxId(account, session) || body.tax_id === undefined) return
      const text = (name: string): string => (typeof body[name] === 'string' ? body[name].trim() : '')
      const business = businessOf(readBusiness(text))
      // While it is incomplete the tax is that of a private customer.
      setBusiness(account, located, business && isTaxId(business.taxId) ? business : undefined)
    },
  })
}
