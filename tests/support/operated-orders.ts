// Orders as operators find them, and forms of the admin as they are sent.
import { payByCard } from './pay-page.js'
import { place } from './place.js'
import type { Shopper } from './shopper.js'
import type { RunningShop } from './shop.js'

/** Of each unit, and of the delivery, in US dollars. */
export const PRICES = { M: 1999, L: 3100, delivery: 1290 }

/** An order with two lines and delivery to Germany, paid by card. */
export async function paidDelivery(shop: RunningShop, units: [number, number] = [2, 1], card?: string) {
  const { orderId, shopper, url, variantIds } = await place(shop, { units })
  await payByCard(url, card)
  await shop.sandbox?.idle()
  return { ...(await orderWithLines(shop, orderId)), shopper, variantIds }
}

/** The same, not paid. */
export async function placedDelivery(shop: RunningShop) {
  const { orderId, url } = await place(shop, { units: [1, 1] })
  return { ...(await orderWithLines(shop, orderId)), url }
}

async function orderWithLines(shop: RunningShop, id: number) {
  const { key, items } = await shop.database.prisma.order.findUniqueOrThrow({
    where: { id },
    include: { items: { orderBy: { id: 'asc' } } },
  })
  const [m, l] = items
  if (!m || !l) throw new Error('the order has two lines')
  return { id, key, m: m.id, l: l.id }
}

export function send(operator: Shopper, path: string, fields: Record<string, string> = {}) {
  return operator.post(path).set('accept', 'text/html').type('form').send(fields)
}

/** The hidden fields of the form with this action. */
export function hiddenFields(html: string, action: string): Record<string, string> {
  const ends = ['"', '?', '#'].map((end) => html.indexOf(`action="${action}${end}`)).filter((at) => at >= 0)
  const form = html.slice(Math.min(...ends, html.length)).split('</form>')[0] ?? ''
  return Object.fromEntries(
    [...form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)].map(([, name, value]) => [
      name,
      value,
    ]),
  ) as Record<string, string>
}

/** Fills in the form of a refund. @returns the page that says what will be refunded, and the fields that confirm it */
export async function chooseRefund(operator: Shopper, path: string, fields: Record<string, string>) {
  const { text } = await send(operator, path, fields).expect(200)
  return { text, fields: hiddenFields(text, path) }
}

/** What the audit log has about a subject, oldest first: "order.shipped items,carrier". */
export async function auditOf(shop: RunningShop, subject: string, subjectId: string): Promise<string[]> {
  const entries = await shop.database.prisma.auditEntry.findMany({
    where: { subject, subjectId },
    orderBy: { id: 'asc' },
  })
  return entries.map(({ action, fields }) => `${action} ${fields.join(',')}`.trim())
}
