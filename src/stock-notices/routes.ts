// Asking to be told when a product can be bought again, and the link in that mail which ends it.
import { Router, type Request, type Response } from 'express'
import { canonicalEmail } from '../accounts/email-address.js'
import { productOf } from '../catalog/routes.js'
import { chosenVariant, variantPath } from '../catalog/variants.js'
import type { Database } from '../database/client.js'
import { networkOf } from '../http/network.js'
import { Problem } from '../http/problem.js'
import type { RateLimits } from '../http/rate-limits.js'
import { render } from '../http/render.js'
import { SECRET_IN_PATH } from '../http/security.js'
import { t } from '../messages/index.js'
import type { EndNoticesPage } from './view-models.js'
import { addressOfLink, askForNotice, endNotices } from './notices.js'

export function stockNoticePages(
  { prisma, direct }: Pick<Database, 'prisma' | 'direct'>,
  limits: RateLimits,
): Router {
  const router = Router()

  router.post('/pricing/:productId/notices', async (request, response) => {
    const product = await productOf(direct, request)
    const variant = chosenVariant(product, request.body)
    const href = variantPath(product.id, variant.id)
    const email = request.user?.email ?? typedEmail(request.body, href)
    await limits.count('stockNotice', networkOf(request.ip), t().notices.tooOften)
    await askForNotice(prisma, variant.id, email)
    response.redirect(303, `${href}${href.includes('?') ? '&' : '?'}notice`)
  })

  router.get('/stock-notices/:token', async (request, response) => {
    await showLink(request, response, false)
  })

  // Mail programs send it by themselves, too (RFC 8058).
  router.post('/stock-notices/:token', async (request, response) => {
    await endNotices(prisma, request.params.token)
    await showLink(request, response, true)
  })

  async function showLink(request: Request, response: Response, done: boolean): Promise<void> {
    response.set({ 'Referrer-Policy': SECRET_IN_PATH, 'Cache-Control': 'no-store' })
    const token = String(request.params['token'])
    const isKnown = done || (await addressOfLink(prisma, token)) !== null
    response.status(isKnown ? 200 : 410)
    const page: EndNoticesPage = { token, state: done ? 'done' : isKnown ? 'open' : 'ended' }
    render(response, 'stock-notices/end', page)
  }
  return router
}

/** @throws Problem 400 for what is no address */
function typedEmail(body: unknown, href: string): string {
  const { email } = (body ?? {}) as { email?: unknown }
  const known = typeof email === 'string' ? canonicalEmail(email) : null
  if (known === null)
    throw new Problem(400, 'invalid_email', t().notices.invalidTitle, t().notices.invalid, {
      action: { href, label: t().notices.back },
    })
  return known
}
