// The quantity form of the pay page, for lines that the customer may adjust.
import type { Router } from 'express'
import { invalidRequest } from '../api/errors.js'
import { lineAmount } from '../money/amounts.js'
import { recalculate } from '../payments/session-amounts.js'
import type { PageDeps } from './page-deps.js'
import { sessionChange } from './session-change.js'

export function quantityPages(parts: PageDeps): Router {
  return sessionChange(parts, {
    name: 'quantity',
    apply(account, session, { line: id, quantity: typed }) {
      const { lineItems } = account.get('session_details', session.id)
      const line = lineItems.find((known) => known.id === id)
      if (!line) throw invalidRequest('This line does not exist.', 'line')
      const { minimum, maximum } = line.adjustable_quantity ?? { minimum: 1, maximum: 0 }
      const [least, most] = [Math.max(minimum ?? 0, 1), maximum ?? 0]
      const quantity = typeof typed === 'string' && /^\d{1,6}$/.test(typed.trim()) ? Number(typed) : 0
      if (quantity < least || quantity > most)
        throw invalidRequest(`The quantity must be a whole number from ${least} to ${most}.`, 'quantity')
      const changed = {
        ...line,
        quantity,
        amount_subtotal: lineAmount(line.price.unit_amount_decimal, quantity, line.price.currency),
      }
      recalculate(account, session.id, {
        lineItems: lineItems.map((known) => (known === line ? changed : known)),
      })
    },
  })
}
