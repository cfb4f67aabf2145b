import type { Router } from 'express'
import { invalidRequest } from '../api/errors.js'
import { recalculate } from '../payments/session-amounts.js'
import type { Parts } from './parts.js'
import { sessionChange } from './session-change.js'

/** How it is shipped: the pay page's choice, which changes what is due. */
export function shippingPages(parts: Parts): Router {
  return sessionChange(parts, {
    name: 'shipping',
    apply(account, session, { rate }) {
      const chosen = session.shipping_options.find((option) => option.shipping_rate === rate)
      if (!chosen) throw invalidRequest('This way of shipping is not offered.', 'rate')
      recalculate(account, session.id, { shippingRate: chosen.shipping_rate })
    },
  })
}
