// A shop whose database is lost, and the same shop on a backup of it. The first one goes on, so that the two can be compared.
import { pino } from 'pino'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { vi } from 'vitest'
import { restoreBackup } from '../../src/backup/restore-backup.js'
import { writeBackup } from '../../src/backup/write-backup.js'
import { parseConfig } from '../../src/config.js'
import { openDatabase, type Database } from '../../src/database/client.js'
import type { Repair } from '../../src/generated/prisma/client.js'
import { startShop } from '../../src/shop.js'
import { freePort } from '../support/free-port.js'
import { createTestDatabase } from '../support/postgres/test-database.js'
import type { TestShop } from '../support/shop.js'

export interface RestoredShop {
  url: string
  database: Database
  databaseUrl: string
  repair: Repair
  close(): Promise<void>
}

/** @returns the backup's file, which `forget` deletes */
export async function backUp(shop: TestShop): Promise<{ file: string; forget: () => Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'till-lost-'))
  const { file } = await writeBackup(shop.databaseUrl, folder, '1.2.3')
  return { file, forget: () => rm(folder, { recursive: true, force: true }) }
}

/** Starts the shop on its backup, and waits until it has repaired itself. Stripe's events still go to the first shop. */
export async function startRestored(shop: TestShop, file: string, lostAt: Date): Promise<RestoredShop> {
  const { url: databaseUrl, drop } = await createTestDatabase()
  await restoreBackup({ url: databaseUrl, file, moved: false, lostAt })
  const environment = { ...shop.environment, DATABASE_URL: databaseUrl, PORT: String(await freePort()) }
  const config = parseConfig(environment)
  if (!config.stripe) throw new Error('the restored shop has no Stripe')
  const log = pino({ level: process.env['TEST_LOG'] ?? 'silent' })
  const started = await startShop({ config, databaseUrl, stripe: config.stripe, demo: false, log })
  const database = openDatabase(databaseUrl, { max: 3 })
  const latest = () => database.prisma.repair.findFirstOrThrow({ orderBy: { id: 'desc' } })
  const repair = await vi.waitUntil(
    async () => {
      const found = await latest()
      return found.finishedAt === null ? null : found
    },
    { timeout: 90_000, interval: 100 },
  )
  return {
    ...{ url: `http://127.0.0.1:${started.port}`, database, databaseUrl, repair },
    async close() {
      await started.stop()
      await database.close()
      await drop()
    },
  }
}

/**
 * What both shops must have alike: orders with their lines, purchases, refunds, disputes and stock.
 * @param options.without keys of orders that only one of them can have
 */
export async function booksOf({ prisma }: Database, { without = [] as string[] } = {}) {
  const where = { order: { key: { notIn: without } } }
  const order = { select: { key: true } }
  const orders = await prisma.order.findMany({
    where: { key: { notIn: without } },
    orderBy: { key: 'asc' },
    select: {
      ...{ key: true, email: true, status: true, currency: true, total: true, itemsTotal: true },
      ...{ discountTotal: true, shippingTotal: true, taxTotal: true, taxBehavior: true, amountPaid: true },
      ...{ amountRefunded: true, stockHeld: true, deliveryCountry: true, shippingRateName: true },
      ...{ shippingAddress: true, billingDetails: true, phone: true, needsAttention: true, locale: true },
      items: {
        select: {
          ...{ productId: true, variantId: true, name: true, variantName: true, sku: true, image: true },
          ...{ unitAmount: true, quantity: true },
        },
        orderBy: { variantId: 'asc' },
      },
      attempts: {
        select: { id: true, number: true, status: true, stripeSessionId: true, paymentIntentId: true },
        orderBy: { stripeSessionId: 'asc' },
      },
    },
  })
  const purchases = await prisma.purchaseHistory.findMany({
    where,
    orderBy: [{ stripeSessionId: 'asc' }, { variantId: 'asc' }],
    select: {
      ...{ productId: true, variantId: true, productName: true, variantName: true, quantity: true },
      ...{ purchaseSuccess: true, amount: true, currency: true, stripeSessionId: true, order },
    },
  })
  const refunds = await prisma.refund.findMany({
    where,
    orderBy: { stripeRefundId: 'asc' },
    select: {
      ...{ stripeRefundId: true, paymentIntentId: true, amount: true, currency: true, status: true },
      order,
    },
  })
  const disputes = await prisma.dispute.findMany({
    where,
    orderBy: { id: 'asc' },
    select: { ...{ id: true, amount: true, status: true, reason: true, evidenceDueBy: true }, order },
  })
  return { orders, purchases, refunds, disputes }
}

/** The units of each variant that both have. */
export async function stockOf({ prisma }: Database, variantIds: readonly number[]) {
  return prisma.variant.findMany({
    where: { id: { in: [...variantIds] } },
    select: { sku: true, stock: true },
    orderBy: { id: 'asc' },
  })
}

/** Mails about orders that were sent, by the order and kind. */
export async function sentMails({ prisma }: Database, key: string): Promise<string[]> {
  const mails = await prisma.mail.findMany({
    where: { order: { key }, sentAt: { not: null } },
    orderBy: { kind: 'asc' },
  })
  return mails.map(({ kind }) => kind)
}
