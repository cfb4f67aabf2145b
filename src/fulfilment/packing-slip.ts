// What goes into a parcel: an order's number, where it goes, and what is left to send of it. As data, and as a PDF.
import type { Block } from '../documents/document.js'
import { makePdf } from '../documents/make-pdf.js'
import { formatDateTime } from '../messages/format-date.js'
import { t } from '../messages/index.js'
import { addressLines } from '../orders/address-lines.js'
import type { Addressee } from '../orders/order-facts.js'
import { orderNumber } from '../orders/order-key.js'
import type { Settings } from '../settings/settings.js'
import { countryName } from '../shipping/countries.js'
import { linesLeft, type LineLeft, type OrderToShip } from './orders-to-ship.js'

export interface PackingSlip {
  number: string
  orderedAt: Date
  /** The chosen rate. */
  delivery: string
  to: string[]
  lines: LineLeft[]
}

export function packingSlipOf(order: OrderToShip): PackingSlip {
  // Settlement and the shop's own correction alone write them.
  const to = (order.correctedAddress ?? order.shippingAddress) as unknown as Addressee | null
  const country = order.deliveryCountry === null ? [] : [countryName(order.deliveryCountry)]
  return {
    number: orderNumber(order.key),
    orderedAt: order.createdAt,
    delivery: order.shippingRateName ?? '',
    to:
      to === null
        ? country
        : [to.name ?? '', ...(to.address ? addressLines(to.address) : country)].filter(Boolean),
    lines: linesLeft(order),
  }
}

/** Each slip on a page of its own. */
export function packingSlipsPdf(
  slips: readonly PackingSlip[],
  { name, companyLines }: Pick<Settings, 'name' | 'companyLines'>,
): Promise<Buffer> {
  const texts = t().documents.packingSlip
  return makePdf({
    title: texts.heading,
    author: name,
    at: new Date(),
    blocks: [
      { kind: 'sender', name, lines: companyLines },
      ...slips.flatMap((slip, index) => [
        ...(index === 0 ? [] : [{ kind: 'page' } as const]),
        ...blocksOf(slip),
      ]),
    ],
    footer: name,
  })
}

function blocksOf({ number, orderedAt, delivery, to, lines }: PackingSlip): Block[] {
  const texts = t().documents.packingSlip
  return [
    { kind: 'heading', text: number },
    {
      kind: 'facts',
      facts: [
        { label: texts.to, lines: to },
        { label: texts.ordered, lines: [formatDateTime(orderedAt).text] },
        ...(delivery === '' ? [] : [{ label: texts.delivery, lines: [delivery] }]),
      ],
    },
    lines.length === 0
      ? { kind: 'paragraph', text: texts.nothing }
      : {
          kind: 'table',
          columns: [
            { title: texts.item, share: 5 },
            { title: texts.sku, share: 3 },
            { title: texts.units, share: 1, align: 'right' },
          ],
          rows: lines.map(({ name, sku, quantity }) => ({ cells: [name, sku ?? '', String(quantity)] })),
        },
  ]
}
