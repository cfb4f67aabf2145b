// A shop is restored from backups of several ages: an hour, three days, 29 days, and 31, when Stripe's events are gone.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { runCommand } from '../support/command.js'
import { payByCard } from '../support/pay-page.js'
import { startTestShop } from '../support/shop.js'
import { backUp, booksOf, sentMails, startRestored, stockOf } from './lost-shop.js'
import { beforeBackup, sinceBackup } from './story.js'

vi.setConfig({ testTimeout: 300_000 })

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const HOUR = 3600

describe.each([
  ['1 hour', HOUR],
  ['3 days', 72 * HOUR],
  ['29 days', 29 * 24 * HOUR],
  ['31 days', 31 * 24 * HOUR],
])('a backup that is %s old', (_age, seconds) => {
  it('and Stripe make the shop again', async () => {
    const hasEvents = seconds < 30 * 24 * HOUR
    const shop = await startTestShop()
    cleanups.push(() => shop.close())
    const before = await beforeBackup(shop)
    const { file, forget } = await backUp(shop)
    cleanups.push(forget)
    const since = await sinceBackup(shop, before)
    await payByCard(since.paidLater.url)
    await shop.sandbox?.idle()
    shop.sandbox?.advanceClock(seconds)
    await shop.sandbox?.idle()
    const { data: completed } = await shop.stripe.events.list({ type: 'checkout.session.completed' })
    expect(completed.length > 0).toBe(hasEvents)

    // By Stripe's clock, which is ahead of this machine's.
    const restored = await startRestored(shop, file, new Date())
    cleanups.push(() => restored.close())
    const without = [since.ofNewProduct, before.ofGuest]
    const [books, lost] = [
      await booksOf(restored.database, { without }),
      await booksOf(shop.database, { without }),
    ]
    // Who was erased is known from an event alone.
    const erased = lost.orders.find(({ email }) => email.endsWith('.invalid'))?.key
    const comparable = (all: typeof books) => ({
      ...all,
      orders: hasEvents ? all.orders : all.orders.filter(({ key }) => key !== erased),
    })
    expect(comparable(books)).toEqual(comparable(lost))
    expect(books.orders.length).toBe(lost.orders.length)
    const ids = [before.plainId, ...before.variantIds]
    expect(await stockOf(restored.database, ids)).toEqual(await stockOf(shop.database, ids))
    for (const key of [since.bought, since.disputed, since.delivered])
      expect(await sentMails(restored.database, key)).toEqual([])
    const { prisma } = restored.database
    const { message } = await prisma.incident.findFirstOrThrow({ where: { kind: 'shop_repaired' } })
    const { orders, purchases, refunds, disputes } = books
    console.log(
      `${_age}: ${orders.length} orders, ${purchases.length} purchases, ${refunds.length} refunds, ${disputes.length} disputes alike; ${message}`,
    )
    if (hasEvents) return
    // Only Stripe's clock was moved: this machine must be told how old the backup is.
    const deps = { ...shop, database: restored.database }
    expect(await runCommand(deps, 'repair', 'start', '--since', '31d')).toMatchObject({ code: 0 })
    const again = await prisma.incident.findFirstOrThrow({
      where: { kind: 'shop_repaired' },
      orderBy: { id: 'desc' },
    })
    expect(again.message).toContain('Stripe keeps events for 30 days')
    expect(comparable(await booksOf(restored.database, { without }))).toEqual(comparable(lost))
  })
})
