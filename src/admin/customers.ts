// Accounts of shoppers: finding them, their orders and spend, signing them out, blocking them, and exporting what is kept.
import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import { Router, type Response } from 'express'
import { z } from 'zod'
import { shownEmail } from '../accounts/email-address.js'
import { blockCustomer, unblockCustomer } from '../customers/block-customer.js'
import { findCustomer } from '../customers/customer.js'
import { listCustomers, type ListedCustomer } from '../customers/customer-list.js'
import { exportCustomer } from '../customers/export-customer.js'
import { removeCustomerFactor } from '../customers/remove-factor.js'
import { endCustomerSession, revokeCustomerToken, signOutCustomer } from '../customers/sign-out-customer.js'
import { notFound } from '../http/problem.js'
import { render } from '../http/render.js'
import type { Notice } from '../http/view-models.js'
import { formatMoney } from '../money.js'
import { isOwner } from '../operators/roles.js'
import { hasFactor } from '../operators/second-factor.js'
import { addressLines } from '../orders/address-lines.js'
import { orderNumber } from '../orders/order-key.js'
import type { AdminDeps } from './admin-deps.js'
import type { CustomerRow } from './customers-models.js'
import { doneNotice } from './done.js'
import { requireRecentFactor } from './require-recent-factor.js'
import { keyList, listHref, readIdCursor, ROWS_TO_READ } from './key-list.js'
import { rowId } from './row-id.js'
import { orderHref } from './subject-links.js'
import { formatDateTime } from './times.js'

const PATH = '/admin/customers'

const DONE = {
  blocked: 'The account is blocked, and signed out everywhere.',
  unblocked: 'The account can sign in and order again.',
  ended: 'The session is ended.',
  revoked: 'The API token is revoked.',
  out: 'The account is signed out everywhere.',
  factor: 'Two-step sign-in is off. The account signs in with its password alone.',
  erased: 'The customer is erased. Their orders, and Stripe, follow within a minute.',
}

const filters = z.object({
  search: z.string().trim().max(254).catch(''),
  blocked: z.literal('1').optional().catch(undefined),
})
const block = z.object({
  reason: z.string().trim().min(1, 'Say why it is blocked.').max(500, 'Use at most 500 characters.'),
})
/** Of what is ended. Nothing has an empty id. */
const named = z.object({ id: z.string().max(100) }).catch({ id: '' })

export function customerPages(deps: AdminDeps): Router {
  const { database, settings } = deps
  const { prisma } = database
  const router = Router()

  router.get(PATH, async (request, response) => {
    const { search, blocked } = filters.parse(request.query)
    const after = readIdCursor(request.query)
    const [{ timeZone }, customers] = await Promise.all([
      settings(),
      listCustomers(prisma, { search, isBlocked: blocked !== undefined }, after, ROWS_TO_READ),
    ])
    const { rows, ...links } = keyList(customers, PATH, request.query, ({ id }) => [id])
    render(response, 'admin/customers', {
      list: { rows: rows.map((customer) => customerRow(customer, timeZone)), ...links },
      filter: { search, isBlocked: blocked !== undefined },
    })
  })

  router.get(`${PATH}/:id`, async (request, response) => {
    const notice = doneNotice(request.query, DONE)
    await showCustomer(response, rowId(request.params.id), { notice, reason: '', error: null })
  })

  router.get(`${PATH}/:id/export`, async (request, response) => {
    const id = await known(request.params.id)
    response.type('json').attachment(`customer-${id}.json`)
    await pipeline(Readable.from(exportCustomer(prisma, id)), response)
  })

  router.post(`${PATH}/:id/block`, async (request, response) => {
    const id = await known(request.params.id)
    const form = block.safeParse(request.body)
    if (!form.success) {
      response.status(422)
      const reason = z.object({ reason: z.string() }).safeParse(request.body).data?.reason ?? ''
      await showCustomer(response, id, { notice: null, reason, error: form.error.issues[0]?.message ?? null })
      return
    }
    await blockCustomer(prisma, id, form.data.reason)
    done(response, id, 'blocked')
  })

  router.post(`${PATH}/:id/unblock`, async (request, response) => {
    const id = await known(request.params.id)
    await unblockCustomer(prisma, id)
    done(response, id, 'unblocked')
  })

  router.post(`${PATH}/:id/sessions/end`, async (request, response) => {
    const id = await known(request.params.id)
    await endCustomerSession(prisma, id, named.parse(request.body).id)
    done(response, id, 'ended')
  })

  router.post(`${PATH}/:id/tokens/revoke`, async (request, response) => {
    const id = await known(request.params.id)
    await revokeCustomerToken(prisma, id, named.parse(request.body).id)
    done(response, id, 'revoked')
  })

  router.post(`${PATH}/:id/factor/remove`, requireRecentFactor(deps), async (request, response) => {
    const id = await known(String(request.params.id))
    await removeCustomerFactor(prisma, id)
    done(response, id, 'factor')
  })

  router.post(`${PATH}/:id/sign-out`, async (request, response) => {
    const id = await known(request.params.id)
    await signOutCustomer(prisma, id)
    done(response, id, 'out')
  })

  function done(response: Response, id: number, what: keyof typeof DONE): void {
    response.redirect(303, `${PATH}/${id}?done=${what}`)
  }

  async function known(text: string): Promise<number> {
    const id = rowId(text)
    if (!(await prisma.user.findUnique({ where: { id }, select: { id: true } }))) throw notFound()
    return id
  }

  async function showCustomer(
    response: Response,
    id: number,
    form: { notice: Notice | null; reason: string; error: string | null },
  ): Promise<void> {
    const [{ timeZone }, customer, isFactorSet] = await Promise.all([
      settings(),
      findCustomer(prisma, id),
      hasFactor(database, id),
    ])
    if (customer === null) throw notFound()
    const { user, orders, spend, hasOlder, savedAddresses, addresses, sessions, tokens } = customer
    const { blockedAt, blockedReason, verifiedAt, email, erasedAt, erasureDueAt } = user
    render(response, 'admin/customer', {
      ...customerRow(user, timeZone),
      ...form,
      id,
      isVerified: verifiedAt !== null,
      hasFactor: isFactorSet && user.role === 'shopper',
      blocked: blockedAt && { at: formatDateTime(blockedAt, timeZone), reason: blockedReason ?? '' },
      erased: erasedAt && { at: formatDateTime(erasedAt, timeZone), isFinished: erasureDueAt === null },
      canErase: erasedAt === null && user.role === 'shopper' && isOwner(response.req.user),
      orders: orders.map(({ key, status, total, amountPaid, currency, createdAt }) => ({
        number: orderNumber(key),
        href: orderHref(key),
        status: status.replaceAll('_', ' '),
        total: formatMoney(amountPaid ?? total, currency),
        at: formatDateTime(createdAt, timeZone),
      })),
      ordersHref: listHref('/admin/orders', { q: email }),
      spend: spend.map(({ currency, paid, refunded, orders: count }) => ({
        paid: formatMoney(paid, currency),
        refunded: refunded === 0 ? null : formatMoney(refunded, currency),
        orders: count,
      })),
      hasOlder,
      savedAddresses: savedAddresses.map(({ name, postalCode, isDefault, ...address }) => ({
        lines: [name, ...addressLines({ ...address, postal_code: postalCode })],
        isDefault,
      })),
      addresses: addresses.map(({ name, address }) => [
        ...(name === null ? [] : [name]),
        ...(address === null ? [] : addressLines(address)),
      ]),
      sessions: sessions.map(({ handle, userAgent, seenAt, endsAt }) => ({
        handle,
        device: userAgent ?? 'Unknown device',
        seen: seenAt && formatDateTime(seenAt, timeZone),
        ends: formatDateTime(endsAt, timeZone),
      })),
      tokens: tokens.map((token) => ({
        id: token.id,
        from: token.origin ?? token.userAgent ?? 'Unknown program',
        seen: formatDateTime(token.lastUsedAt, timeZone),
        ends: formatDateTime(token.endsAt, timeZone),
      })),
    })
  }
  return router
}

function customerRow(customer: ListedCustomer, timeZone: string): CustomerRow {
  const { id, email, name, role, blockedAt, createdAt } = customer
  return {
    href: `${PATH}/${id}`,
    email: shownEmail(email),
    name,
    role,
    isBlocked: blockedAt !== null,
    since: formatDateTime(createdAt, timeZone),
  }
}
