// Corrects where an order is sent, before anything of it is sent.
import { recordAudit } from '../audit/record-audit.js'
import type { Prisma } from '../generated/prisma/client.js'
import { Problem } from '../http/problem.js'
import { addresseeOf } from '../orders/delivery-view.js'
import { indexOrders } from '../orders/index-orders.js'
import type { Address, Addressee } from '../orders/order-facts.js'
import { countryName } from '../shipping/countries.js'
import { lockOrder } from '../payments/order-store.js'
import type { PaymentDeps } from '../payments/payment-deps.js'
import { refused } from './locked-order.js'

/** The fields that change; the others stay. An empty text removes one. */
export type AddressChange = Partial<Record<'name' | keyof Address, string>>

const MAX_LENGTH = 200

/**
 * Corrects the address of an order, of which nothing was sent yet. The address as Stripe's page collected it is kept.
 * @throws Problem, for the operator
 */
export async function correctAddress(
  { database }: Pick<PaymentDeps, 'database'>,
  orderId: number,
  change: AddressChange,
): Promise<void> {
  await database.prisma.$transaction(async (tx) => {
    const { key, attempts, deliveryCountry } = await lockOrder(tx, orderId)
    const { correctedAddress } = await tx.order.findUniqueOrThrow({
      where: { id: orderId },
      select: { correctedAddress: true },
    })
    const known = addresseeOf({ attempts, correctedAddress })
    if (known?.address == null)
      throw refused(
        'no_address',
        'This order has no address to correct: Stripe’s page has not asked for one.',
      )
    if ((await tx.shipment.count({ where: { orderId } })) > 0)
      throw refused(
        'already_shipped',
        'Something of this order was sent: its address can’t be changed any more.',
      )
    const corrected = corrects({ ...known, address: known.address }, change, deliveryCountry)
    await tx.order.update({
      where: { id: orderId },
      data: { correctedAddress: corrected as unknown as Prisma.InputJsonObject },
    })
    await indexOrders(tx, [orderId])
    await recordAudit(tx, {
      ...{ action: 'order.address_corrected', subject: 'order', subjectId: key },
      fields: Object.keys(change),
    })
  })
}

function corrects(
  known: Addressee & { address: Address },
  change: AddressChange,
  deliveryCountry: string | null,
): Addressee {
  const charged = deliveryCountry ?? known.address.country
  const country = change.country?.trim().toUpperCase() ?? known.address.country
  if (country !== charged && country !== known.address.country)
    throw refused(
      'other_country',
      `Delivery to ${charged === null ? 'its country' : countryName(charged)} was charged: the country can’t be changed. Refund the order, and let the shopper order again.`,
    )
  const { name, line1, line2, city, state, postal_code } = change
  const address: Address = {
    line1: changed('line1', known.address.line1, line1),
    line2: line2 === '' ? null : changed('line2', known.address.line2, line2),
    city: changed('city', known.address.city, city),
    state: changed('state', known.address.state, state),
    postal_code: changed('postal_code', known.address.postal_code, postal_code),
    country,
  }
  return { name: changed('name', known.name, name), address }
}

/** What a country's addresses need was asked for on Stripe's page: a field that is there can be changed but not removed. */
function changed(field: keyof typeof LABELS, known: string | null, given: string | undefined): string | null {
  if (given === undefined) return known
  const text = given.normalize('NFC').trim()
  if (text === '' && known !== null && known !== '')
    throw invalid(field, `${LABELS[field]} can’t be empty: the address needs it.`)
  if (text.length > MAX_LENGTH || /\p{Cc}/u.test(text))
    throw invalid(field, `${LABELS[field]} needs one line of at most ${MAX_LENGTH} characters.`)
  return text === '' ? null : text
}

const LABELS = {
  name: 'The name',
  line1: 'The first line',
  line2: 'The second line',
  city: 'The city',
  state: 'The state',
  postal_code: 'The postal code',
}

function invalid(field: keyof typeof LABELS, detail: string): Problem {
  return new Problem(422, 'invalid_address', 'Not possible', detail, { errors: [{ field, detail }] })
}
