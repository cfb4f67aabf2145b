// The shipping form of the pay page, which changes what is due.
import type { Router } from 'express'
import { invalidRequest } from '../api/errors.js'
import { recalculate } from '../payments/session-amounts.js'
import type { PageDeps } from './page-deps.js'
import { sessionChange } from './session-change.js'

export function shippingPages(parts: PageDeps): Router {
  return sessionChange(parts, {
    name: 'shipping',
    apply(account, session, { rate }) {
      const chosen = session.shipping_options.find((option) => option.shipping_rate === rate)
      if (!chosen) throw invalidRequest('This shipping option is not available.', 'rate')
      recalculate(account, session.id, { shippingRate: chosen.shipping_rate })
    },
  })
}
