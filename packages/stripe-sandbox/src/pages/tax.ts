// The country form of the pay page, which decides automatic tax.
import type { Router } from 'express'
import { invalidRequest } from '../api/errors.js'
import { setTaxCountry } from '../payments/tax-location.js'
import type { PageDeps } from './page-deps.js'
import { COUNTRIES } from './countries.js'
import { sessionChange } from './session-change.js'

export function taxPages(parts: PageDeps): Router {
  return sessionChange(parts, {
    name: 'tax',
    apply(account, session, { country }) {
      const known = COUNTRIES.find(({ code }) => code === country)
      if (!known) throw invalidRequest('Choose a country.', 'country')
      setTaxCountry(account, session, known.code)
    },
  })
}
