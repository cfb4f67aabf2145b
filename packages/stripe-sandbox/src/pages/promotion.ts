// The promotion code form of the pay page.
import type { Router } from 'express'
import { invalidRequest } from '../api/errors.js'
import { applyTypedCode, removeDiscount } from '../payments/session-discount.js'
import type { PageDeps } from './page-deps.js'
import { sessionChange } from './session-change.js'

/** `code` applies a promotion code, `remove` removes it. */
export function promotionPages(parts: PageDeps): Router {
  return sessionChange(parts, {
    name: 'promotion',
    field: 'promotion_code',
    apply(account, session, { code, remove }) {
      if (session.allow_promotion_codes !== true)
        throw invalidRequest('This checkout does not accept promotion codes.', 'payment')
      if (remove === undefined) applyTypedCode(account, session, typeof code === 'string' ? code : '')
      else removeDiscount(account, session)
    },
  })
}
