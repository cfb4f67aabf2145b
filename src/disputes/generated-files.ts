// Files of an answer that the shop makes from what it knows.
import type { Block } from '../documents/document.js'
import { makePdf } from '../documents/make-pdf.js'
import { CARRIERS } from '../fulfilment/carriers.js'
import type { PrismaClient } from '../generated/prisma/client.js'
import { formatDateTime } from '../messages/format-date.js'
import { addressLines } from '../orders/address-lines.js'
import { addresseeOf } from '../orders/delivery-view.js'
import { orderNumber } from '../orders/order-key.js'
import { orderView } from '../orders/order-view.js'
import { receiptPdf } from '../orders/receipt-pdf.js'
import { withAmounts } from '../orders/stored-amounts.js'
import { acceptedTerms } from '../policies/accepted-terms.js'
import { markdownParts } from '../policies/render-markdown.js'
import type { Settings } from '../settings/settings.js'
import type { DisputeCase } from './dispute-case.js'
import type { FileName } from './evidence-fields.js'

type Order = NonNullable<DisputeCase['order']>

/** What files are made with. */
export interface FileMaker {
  prisma: Pick<PrismaClient, 'mail' | 'policy' | 'policyVersion'>
  settings: Settings
  /** No money moved. */
  testMode: boolean
}

/** The newest mails. An order has a dozen. */
const MOST_MAILS = 30
/** Mails to the shopper. Others are for the operator. */
const TO_OPERATOR = [
  'inquiry_opened',
  'dispute_opened',
  'dispute_closed',
  'operator_attention',
  'incident_report',
  'new_order',
  'return_to_answer',
] as const

export const GENERATED = {
  receipt: { label: 'The order’s receipt', make: makeReceipt },
  customer_communication: { label: 'The mails that we sent', make: makeMails },
  shipping_documentation: { label: 'Our record of the parcels', make: makeShipments },
  refund_policy: { label: 'The terms that the customer accepted', make: makeTerms },
} as const satisfies Partial<Record<FileName, { label: string; make: Make }>>

export type GeneratedName = keyof typeof GENERATED
export const GENERATED_NAMES = Object.keys(GENERATED) as GeneratedName[]

type Make = (order: Order, maker: FileMaker) => Promise<Buffer | null>

/** Which of them have something in them. */
export async function available(
  order: Order | null,
  { prisma }: Pick<FileMaker, 'prisma'>,
): Promise<GeneratedName[]> {
  if (order === null) return []
  const [mails, terms] = await Promise.all([
    prisma.mail.count({ where: sentTo(order) }),
    acceptedTerms(prisma, order.termsVersion),
  ])
  return [
    ...(order.amountPaid === null ? [] : (['receipt'] as const)),
    ...(mails === 0 ? [] : (['customer_communication'] as const)),
    ...(order.shipments.length === 0 ? [] : (['shipping_documentation'] as const)),
    ...(terms === null ? [] : (['refund_policy'] as const)),
  ]
}

export function fileNameOf(name: GeneratedName, { key }: Pick<Order, 'key'>): string {
  return `${name.replaceAll('_', '-')}-${orderNumber(key)}.pdf`
}

async function makeReceipt(order: Order, { settings, testMode }: FileMaker): Promise<Buffer | null> {
  if (order.amountPaid === null) return null
  return receiptPdf({
    order: orderView(order),
    buyer: order.user?.name ?? null,
    seller: { name: settings.name, lines: settings.companyLines },
    testMode,
    asOf: new Date(),
  })
}

function sentTo({ id, email }: Order) {
  return {
    orderId: id,
    to: email,
    sentAt: { not: null },
    text: { not: null },
    kind: { notIn: [...TO_OPERATOR] },
  }
}

async function makeMails(order: Order, { prisma, settings }: FileMaker): Promise<Buffer | null> {
  const mails = await prisma.mail.findMany({
    where: sentTo(order),
    orderBy: { id: 'desc' },
    take: MOST_MAILS,
  })
  if (mails.length === 0) return null
  return documentAbout(order, settings, 'Mails to the customer', [
    ...mails
      .toReversed()
      .flatMap(({ subject, text, to, sentAt }): Block[] => [
        { kind: 'heading', text: subject ?? '' },
        { kind: 'paragraph', text: `To ${to}, ${formatDateTime(sentAt ?? new Date()).text}`, soft: true },
        { kind: 'paragraph', text: withoutTokens(text ?? '') },
        { kind: 'rule' },
      ]),
  ])
}

/** Links in mails open orders: the bank must not get what opens them. */
function withoutTokens(text: string): string {
  return text.replace(/([?&]token=)[\w-]+/g, '$1…')
}

async function makeShipments(order: Order, { settings }: FileMaker): Promise<Buffer | null> {
  if (order.shipments.length === 0) return null
  const to = addresseeOf(withAmounts(order))
  const nameOf = (id: number) => order.items.find((item) => item.id === id)?.name ?? ''
  return documentAbout(order, settings, 'Record of delivery', [
    {
      kind: 'facts',
      facts: [
        {
          label: 'Delivery to',
          lines: [
            ...(to?.name == null ? [] : [to.name]),
            ...(to?.address == null ? [] : addressLines(to.address)),
          ],
        },
      ],
    },
    ...order.shipments.flatMap((shipment, index): Block[] => [
      { kind: 'heading', text: `Parcel ${index + 1}` },
      {
        kind: 'facts',
        facts: [
          {
            label: 'Contents',
            lines: shipment.items.map(({ orderItemId, quantity }) => `${quantity} × ${nameOf(orderItemId)}`),
          },
          { label: 'Sent', lines: [formatDateTime(shipment.shippedAt).text] },
          ...(shipment.carrier === null
            ? []
            : [{ label: 'Carrier', lines: [CARRIERS[shipment.carrier]?.name ?? shipment.carrier] }]),
          ...(shipment.trackingNumber === null
            ? []
            : [{ label: 'Tracking number', lines: [shipment.trackingNumber] }]),
          ...(shipment.deliveredAt === null
            ? []
            : [{ label: 'Delivered', lines: [formatDateTime(shipment.deliveredAt).text] }]),
        ],
      },
    ]),
  ])
}

/** The text in the version that was accepted. */
async function makeTerms(order: Order, { prisma, settings }: FileMaker): Promise<Buffer | null> {
  const { termsVersion, termsAcceptedAt } = order
  const terms = await acceptedTerms(prisma, termsVersion)
  if (terms === null || termsAcceptedAt === null) return null
  return documentAbout(order, settings, 'Accepted terms', [
    {
      kind: 'paragraph',
      text: `Version ${termsVersion ?? ''}, accepted at checkout on ${formatDateTime(termsAcceptedAt).text}.`,
      soft: true,
    },
    ...markdownParts(terms.markdown).map(({ kind, text }): Block =>
      kind === 'item' ? { kind: 'paragraph', text: `•  ${text}` } : { kind, text },
    ),
  ])
}

function documentAbout(order: Order, settings: Settings, title: string, blocks: Block[]): Promise<Buffer> {
  const at = new Date()
  return makePdf({
    title,
    subtitle: `Order ${orderNumber(order.key)}`,
    author: settings.name,
    at,
    blocks: [
      { kind: 'sender', name: settings.name, lines: settings.companyLines },
      { kind: 'rule' },
      ...blocks,
    ],
    footer: `${settings.name}, order ${orderNumber(order.key)}. As of ${formatDateTime(at).text}.`,
  })
}
