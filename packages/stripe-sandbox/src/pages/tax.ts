import type { Router } from 'express'
import { invalidRequest } from '../api/errors.js'
import { locate } from '../payments/tax-location.js'
import type { Parts } from './parts.js'
import { countries } from './countries.js'
import { sessionChange } from './session-change.js'

/** Where the customer is: automatic tax goes by it, and what is due goes by the tax. */
export function taxPages(parts: Parts): Router {
  return sessionChange(parts, {
    name: 'tax',
    apply(account, session, { country }) {
      const known = countries.find(({ code }) => code === country)
      if (!known) throw invalidRequest('Choose a country.', 'country')
      locate(account, session, known.code)
    },
  })
}
