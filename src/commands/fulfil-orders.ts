// The parts of npm run orders that send, correct and cancel orders.
import { CARRIERS, TrackingError, trackingOf } from '../fulfilment/carriers.js'
import { cancelOrder } from '../fulfilment/cancel-order.js'
import { correctAddress, type AddressChange } from '../fulfilment/correct-address.js'
import type { Units } from '../fulfilment/locked-order.js'
import { markDelivered, shipOrder } from '../fulfilment/ship-order.js'
import type { PrismaClient } from '../generated/prisma/client.js'
import { describeOrder } from './describe-order.js'
import { CommandError, UsageError, type CommandDeps } from './run.js'

export const FULFIL_USAGE = `  ship ORDER [--items SKU=N,…] [--carrier NAME] [--tracking NUMBER] [--link URL] [--key KEY]
                                                     record that it was sent, all that is left or --items alone, and
                                                     mail the shopper. A sku, or the line's number in "show", with how
                                                     many units. A carrier's tracking page needs --link, except
                                                     for those of
                                                     ${Object.keys(CARRIERS).slice(0, 8).join(', ')},
                                                     ${Object.keys(CARRIERS).slice(8).join(', ')}.
                                                     Repeating a KEY does not ship twice
  delivered ORDER [--shipment N]                     record that it arrived, by default all that was sent
  address ORDER [--name …] [--line1 …] [--line2 …] [--city …] [--postal-code …] [--state …]
          [--country …]                              correct where it goes, before anything was sent; the country only
                                                     to the one whose delivery was charged
  cancel ORDER                                       cancel it while it is unpaid, and mail the shopper`

export const FULFIL_OPTIONS = {
  items: { type: 'string' },
  carrier: { type: 'string' },
  tracking: { type: 'string' },
  link: { type: 'string' },
  shipment: { type: 'string' },
  name: { type: 'string' },
  line1: { type: 'string' },
  line2: { type: 'string' },
  city: { type: 'string' },
  'postal-code': { type: 'string' },
  state: { type: 'string' },
  country: { type: 'string' },
} as const

export type FulfilValues = { [Name in keyof typeof FULFIL_OPTIONS]?: string | undefined } & {
  key?: string | undefined
}

/** The options that each command takes. */
export const FULFIL_ACCEPTED = {
  ship: ['items', 'carrier', 'tracking', 'link', 'key'],
  delivered: ['shipment'],
  address: ['name', 'line1', 'line2', 'city', 'postal-code', 'state', 'country'],
  cancel: [],
} as const

/** What is true after each command, also when it was repeated. */
const DONE = {
  ship: 'Recorded as sent.',
  delivered: 'Recorded as delivered.',
  address: 'Corrected. The shopper sees it on the order’s page, and gets no mail about it.',
  cancel: 'Canceled. It can’t be paid any more.',
} as const

/** @returns what was done, and the order as it is then */
export async function fulfil(
  deps: CommandDeps,
  command: keyof typeof FULFIL_ACCEPTED,
  id: number,
  values: FulfilValues,
): Promise<string> {
  const { prisma } = deps.database
  switch (command) {
    case 'ship': {
      const lines = values.items === undefined ? null : await readItems(prisma, id, values.items)
      await shipOrder(deps, id, { ...readTracking(values), lines, requestKey: values.key ?? null })
      break
    }
    case 'delivered':
      await markDelivered(deps, id, values.shipment === undefined ? null : readId(values.shipment))
      break
    case 'address':
      await correctAddress(deps, id, readAddress(values))
      break
    case 'cancel':
      await cancelOrder(deps, id, 'operator')
  }
  return `${DONE[command]}\n\n${await describeOrder(prisma, id)}`
}

/** "MUG-RED=2,14=1": by sku or by the line's number. */
export async function readItems(prisma: PrismaClient, orderId: number, text: string): Promise<Units[]> {
  const lines = await prisma.orderItem.findMany({
    where: { orderId },
    include: { variant: { select: { sku: true } } },
  })
  return text.split(',').map((part) => {
    const [, name = '', quantity = ''] = /^\s*(.+?)\s*(?:[=x×]\s*(\d{1,4})\s*)?$/u.exec(part) ?? []
    const found = lines.filter(
      ({ id, sku, variant }) =>
        String(id) === name || (sku ?? variant?.sku ?? '').toLowerCase() === name.toLowerCase(),
    )
    const [line] = found
    if (line === undefined || found.length > 1 || quantity === '' || Number(quantity) === 0)
      throw new CommandError(
        `"${part.trim()}" is not an item of this order with a quantity. Items: ${lines
          .map(({ id, sku, variant, quantity: ordered }) => `${sku ?? variant?.sku ?? id}=${ordered}`)
          .join(',')}.`,
      )
    return { orderItemId: line.id, quantity: Number(quantity) }
  })
}

function readTracking({ carrier, tracking, link }: FulfilValues) {
  try {
    return trackingOf({
      ...(carrier !== undefined && { carrier }),
      ...(tracking !== undefined && { number: tracking }),
      ...(link !== undefined && { link }),
    })
  } catch (error) {
    if (error instanceof TrackingError) throw new CommandError(error.message)
    throw error
  }
}

function readAddress(values: FulfilValues): AddressChange {
  const { name, line1, line2, city, state, country, 'postal-code': postalCode } = values
  const change = Object.fromEntries(
    Object.entries({ name, line1, line2, city, state, country, postal_code: postalCode }).filter(
      ([, value]) => value !== undefined,
    ),
  ) as AddressChange
  if (Object.keys(change).length === 0)
    throw new UsageError('What is to be corrected? Give at least one option.')
  return change
}

function readId(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new CommandError('--shipment must be a number of a shipment in "show".')
  return Number(text)
}
