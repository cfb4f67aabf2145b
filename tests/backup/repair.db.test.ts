// A shop loses its database, is restored from a backup, and learns from Stripe what happened since.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { runCommand } from '../support/command.js'
import { payByCard } from '../support/pay-page.js'
import { startTestShop, type TestShop } from '../support/shop.js'
import { newShopper } from '../support/shopper.js'
import { backUp, booksOf, sentMails, startRestored, stockOf, type RestoredShop } from './lost-shop.js'
import { beforeBackup, sinceBackup, type Before, type Since } from './story.js'

let shop: TestShop
let restored: RestoredShop
let before: Before
let since: Since
beforeAll(async () => {
  shop = await startTestShop()
  before = await beforeBackup(shop)
  const { file, forget } = await backUp(shop)
  since = await sinceBackup(shop, before)
  const lostAt = new Date()
  // Stripe's times are whole seconds.
  await vi.waitUntil(() => Date.now() > lostAt.getTime() + 1000, { timeout: 10_000 })
  await payByCard(since.paidLater.url)
  await shop.sandbox?.idle()
  restored = await startRestored(shop, file, lostAt)
  await shop.sandbox?.idle()
  await forget()
}, 180_000)
afterAll(async () => {
  await restored.close()
  await shop.close()
})

/** As the loop of the lost shop wrote them to its log. */
async function lostErasures(): Promise<string[]> {
  const rows = () => shop.database.prisma.erasure.findMany({ orderBy: { id: 'asc' } })
  await expect
    .poll(async () => (await rows()).every(({ loggedAt }) => loggedAt !== null), { timeout: 30_000 })
    .toBe(true)
  return (await rows()).map(({ hash }) => hash)
}

const prisma = () => restored.database.prisma
const orderOf = (key: string) => prisma().order.findUniqueOrThrow({ where: { key }, include: { user: true } })

describe('a shop on a backup', () => {
  it('has the orders, purchases, refunds, disputes and stock of the one that was lost', async () => {
    const without = [since.ofNewProduct, before.ofGuest]
    expect(await booksOf(restored.database, { without })).toEqual(await booksOf(shop.database, { without }))
    const ids = [before.plainId, ...before.variantIds]
    expect(await stockOf(restored.database, ids)).toEqual(await stockOf(shop.database, ids))
  })

  it('gives orders to the accounts of the backup, and others to guests', async () => {
    expect((await orderOf(since.bought)).user?.email).toBe(before.ada.email)
    expect((await orderOf(since.byNewAccount)).userId).toBeNull()
  })

  it('ends the sessions that were open', async () => {
    expect((await orderOf(since.abandoned)).status).toBe('expired')
  })

  it('sends no email a second time, and those of the time when it was away', async () => {
    const { bought, disputed } = since
    await expect
      .poll(() => sentMails(restored.database, since.paidLater.key), { timeout: 30_000 })
      .toEqual(['purchase_succeeded'])
    await expect.poll(() => prisma().mail.count({ where: { outdated: false, sentAt: null } })).toBe(0)
    for (const key of [bought, before.toRefund, disputed])
      expect(await sentMails(restored.database, key), key).toEqual(
        key === before.toRefund ? ['purchase_succeeded'] : [],
      )
  })

  it('keeps the money of what it can’t know', async () => {
    const payment = await prisma().unmatchedPayment.findFirstOrThrow()
    expect(payment).toMatchObject({ orderId: null, status: 'paid', amount: 900n })
    expect(payment.message).toContain(since.ofNewProduct)
    const incidents = await prisma().incident.findMany({
      where: { resolvedAt: null, kind: { not: 'clock_skew' } },
      orderBy: { kind: 'asc' },
    })
    expect(incidents.map(({ kind }) => kind)).toEqual(['payment_without_order', 'shop_repaired'])
  })

  it('erases again who was erased', async () => {
    expect(await prisma().user.count({ where: { email: before.eve.email } })).toBe(0)
    expect(await prisma().order.count({ where: { email: before.eve.email } })).toBe(0)
  })

  it('erases who the log of the lost shop names', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'till-log-'))
    const file = path.join(folder, 'till.log')
    const lines = await lostErasures()
    await writeFile(file, lines.map((hash) => `{"level":40,"erasedPerson":"${hash}","msg":"…"}`).join('\n'))
    expect(await prisma().order.count({ where: { email: before.guest } })).toBe(1)
    const deps = { ...shop, database: restored.database }
    const first = await runCommand(deps, 'repair', 'erase', file)
    expect(first).toEqual({ code: 0, output: 'Erased 1 person again.' })
    expect(await prisma().order.count({ where: { email: before.guest } })).toBe(0)
    expect(await prisma().user.count({ where: { email: before.ada.email } })).toBe(1)
    const again = await runCommand(deps, 'repair', 'erase', file)
    expect(again).toEqual({ code: 0, output: 'Erased 0 people again.' })
    await rm(folder, { recursive: true, force: true })
  })

  it('says what it found', async () => {
    const { id } = restored.repair
    const deps = { ...shop, database: restored.database }
    const { output } = await runCommand(deps, 'repair', 'show', String(id))
    expect(output).toMatch(/ 7 {2}orders rebuilt/)
    expect(output).toMatch(/ 1 {2}payments without an order/)
    expect(output).toMatch(/ 1 {2}accounts erased again/)
    expect(output).toMatch(/ 0 {2}could not be read/)
  })

  it('changes nothing when it is done again, and sells on', async () => {
    const books = await booksOf(restored.database)
    const deps = { ...shop, database: restored.database }
    const again = await Promise.all([1, 2].map(() => runCommand(deps, 'repair', 'start', '--since', '1d')))
    expect(again.map(({ code }) => code)).toEqual([0, 0])
    await expect.poll(() => prisma().repair.count({ where: { finishedAt: null } })).toBe(0)
    expect(await booksOf(restored.database)).toEqual(books)
    const { shopper } = await newShopper(restored.url)
    await shopper.post(`/checkout/${before.plainId}`).expect(303)
  })
})
