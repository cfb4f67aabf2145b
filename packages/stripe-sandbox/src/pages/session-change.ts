// Forms of the pay page that change what is due: promotion code, quantity, shipping, country.
import { Router } from 'express'
import { StripeApiError } from '../api/errors.js'
import type { Account } from '../state/account.js'
import type { Session } from '../wire.js'
import type { PageDeps } from './page-deps.js'
import { openSession } from './open-session.js'
import { show } from './pay.js'

/** A form that posts to `/c/pay/cs_…/{name}`. */
export interface SessionChange {
  name: string
  /** The field that shows this form's problems. Absent: they are shown for the payment as a whole. */
  field?: 'promotion_code'
  /** Runs in a transaction. A `StripeApiError` is shown on the page. */
  apply: (account: Account, session: Session, body: Record<string, unknown>) => void
}

export function sessionChange({ context }: PageDeps, { name, field, apply }: SessionChange): Router {
  const router = Router()
  router.post(`/c/pay/:session/${name}`, (request, response) => {
    const open = openSession(context, request, response)
    if (!open) return
    const { account, session } = open
    const body = (request.body ?? {}) as Record<string, unknown>
    try {
      context.store.transaction(() => apply(account, session, body))
    } catch (error) {
      if (!(error instanceof StripeApiError)) throw error
      const at = error.fields.param === 'payment' ? 'payment' : (field ?? 'payment')
      const typed = typeof body.code === 'string' ? body.code.slice(0, 100) : ''
      show(response, 422, account, session, { promotion_code: typed }, { [at]: error.message })
      return
    }
    response.redirect(303, `/c/pay/${session.id}`)
  })
  return router
}
