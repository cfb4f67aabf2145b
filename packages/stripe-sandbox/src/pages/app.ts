// The Express app for people: pay page, 3-D Secure page, receipts, customer portal, control panel.
import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import { fileURLToPath } from 'node:url'
import { StorageError } from '../state/journal.js'
import { INSTANCE_ID, INSTANCE_PATH } from '../state/directory-lock.js'
import { authenticationPages } from './authentication.js'
import { clockRoutes } from './clock.js'
import { faultRoutes } from './faults.js'
import { invoicePages } from './invoice.js'
import { message } from './message.js'
import { panelPages } from './panel/panel.js'
import type { PageDeps } from './page-deps.js'
import { payPages } from './pay.js'
import { paymentLinkPages } from './payment-link.js'
import { portalPages } from './portal.js'
import { promotionPages } from './promotion.js'
import { quantityPages } from './quantity.js'
import { receiptPages } from './receipt.js'
import { securityHeaders } from './security.js'
import { shippingPages } from './shipping.js'
import { taxPages } from './tax.js'
import { voucherPages } from './voucher.js'

// Both folders are at the root of the package, so the paths are the same from src/ and from dist/.
const VIEWS = fileURLToPath(new URL('../../views', import.meta.url))
const ASSETS = fileURLToPath(new URL('../../assets', import.meta.url))

export function pages(parts: PageDeps): Express {
  const app = express()
  app.disable('x-powered-by')
  app.set('views', VIEWS)
  app.set('view engine', 'ejs')
  app.set('view cache', true)

  app.get(INSTANCE_PATH, (_request, response) => void response.type('text').send(INSTANCE_ID))
  app.use('/assets', express.static(ASSETS, { maxAge: 0 }))
  app.use((_request, response, next) => {
    securityHeaders(response)
    next()
  })
  app.use(express.urlencoded({ extended: false, limit: '100kb' }))

  app.use(payPages(parts))
  app.use(promotionPages(parts))
  app.use(shippingPages(parts))
  app.use(quantityPages(parts))
  app.use(taxPages(parts))
  app.use(authenticationPages(parts))
  app.use(voucherPages(parts))
  app.use(receiptPages(parts))
  app.use(invoicePages(parts))
  app.use(paymentLinkPages(parts))
  app.use(portalPages(parts))
  app.use(clockRoutes(parts))
  app.use(faultRoutes(parts))
  app.use(panelPages(parts))

  app.use((_request, response) =>
    message(response, 404, 'Page not found', 'The address may be mistyped, or the object no longer exists.'),
  )
  app.use((error: Error & { status?: number }, request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) {
      next(error)
      return
    }
    const status = error.status ?? 500
    if (status >= 500) parts.log.warn({ err: error, path: request.path }, 'a page failed')
    if (error instanceof StorageError) message(response, status, 'Nothing was changed', error.message)
    else if (status >= 500)
      message(response, status, 'The sandbox has a bug', 'Nothing was charged. The log has the details.')
    else message(response, status, 'Invalid request', error.message)
  })
  return app
}
