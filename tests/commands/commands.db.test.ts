// The operator's commands: usage, invalid arguments, Stripe's errors, and finding an order.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommand } from '../support/command.js'
import { payByCard } from '../support/pay-page.js'
import { startTestShop, type TestShop } from '../support/shop.js'
import { newShopper } from '../support/shopper.js'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop()
})
afterAll(() => shop.close())

/** The same shop for a command that cannot reach Stripe. */
const withoutStripe = (): TestShop => ({
  ...shop,
  environment: { ...shop.environment, STRIPE_API_BASE: 'http://127.0.0.1:1' },
})

async function paidOrder() {
  const { prisma } = shop.database
  const { id } = await prisma.product.findFirstOrThrow({ where: { currency: 'usd', stock: { gte: 10 } } })
  const { shopper, email } = await newShopper(shop.url)
  const { headers } = await shopper.post(`/checkout/${id}`).type('form').send({ quantity: '2' }).expect(303)
  await payByCard(String(headers['location']))
  const find = () => prisma.order.findFirstOrThrow({ where: { email }, include: { attempts: true } })
  await expect.poll(async () => (await find()).status).toBe('paid')
  const order = await find()
  return { key: order.key, intent: order.attempts[0]?.paymentIntentId ?? '' }
}

describe('the commands', () => {
  it('print their usage and the error', async () => {
    expect((await runCommand(shop, 'orders')).output).toContain('Usage: npm run orders')
    for (const word of ['help', '--help', '-h']) {
      const { code, output } = await runCommand(shop, 'incidents', word)
      expect([code, output.split('\n')[0]]).toEqual([0, 'Usage: npm run incidents -- COMMAND'])
    }
    expect((await runCommand(shop, 'settings', 'set')).output).toMatch(/^Which setting\?\n\nUsage: /)
    expect((await runCommand(shop, 'orders', 'list', '--all')).output).toMatch(
      /^Unknown option '--all'\.?\n\n/,
    )
    expect((await runCommand(shop, 'orders', 'show')).output).toContain('Which order?')
    expect((await runCommand(shop, 'orders', 'show', 'ord_nothing')).output).toContain('There is no order')
    expect((await runCommand(shop, 'orders', 'list', '--status', 'lost')).output).toContain(
      'no status "lost"',
    )
    expect((await runCommand(shop, 'orders', 'list', '--all')).output).toContain("Unknown option '--all'")
    expect((await runCommand(shop, 'products')).output).toContain('Usage: npm run products')
  })

  it('refuse unknown commands and surplus arguments', async () => {
    const order = await paidOrder()
    const wrong: [Parameters<typeof runCommand>[1], string, string][] = [
      ['orders', `refund ${order.key} 1 0 .50`, 'Too many arguments for "refund": 0 .50'],
      ['orders', 'list paid', 'Too many arguments for "list": paid'],
      ['products', 'push 3 4', 'Too many arguments for "push": 4'],
      ['events', 'catch-up 3d', 'Too many arguments for "catch-up": 3d'],
      ['orders', `reufnd ${order.key}`, 'There is no command "reufnd".'],
      ['events', 'replay --failed evt_one', 'Give either --failed or evt_one, not both.'],
    ]
    for (const [name, words, said] of wrong) {
      const { code, output } = await runCommand(shop, name, ...words.split(' '))
      expect(output.split('\n')[0]).toBe(said)
      expect(output).toContain(`Usage: npm run ${name}`)
      expect(code).toBe(1)
    }
    expect(await shop.database.prisma.refund.count({ where: { order: { key: order.key } } })).toBe(0)
  })

  it('print Stripe’s error, and no text meant for shoppers', async () => {
    const first = async (name: Parameters<typeof runCommand>[1], words: string, at = shop) =>
      (await runCommand(at, name, ...words.split(' '))).output
    expect(await first('products', 'link 1 price_nope')).toBe("Stripe refused: No such price: 'price_nope'")
    expect(await first('events', 'replay evt_nope')).toMatch(/^Stripe refused: No such .*evt_nope/)
    expect(await first('products', 'link 999 price_nope')).toBe('There is no product 999.')
    const order = await paidOrder()
    for (const [name, words] of [
      ['products', 'link 1 price_nope'],
      ['products', 'push 1'],
      ['events', 'replay evt_nope'],
      ['events', 'catch-up'],
      ['orders', `settle ${order.key}`],
    ] as const)
      expect(await first(name, words, withoutStripe())).toMatch(/^Stripe could not be asked: .*connection/)
  })

  it('find an order by its number, email, payment intent or session', async () => {
    const order = await paidOrder()
    const row = await shop.database.prisma.order.findUniqueOrThrow({
      where: { key: order.key },
      include: { attempts: true },
    })
    const number = `T-${order.key.slice(4, 12).toUpperCase()}`
    for (const text of [number, row.email, order.intent, row.attempts[0]?.stripeSessionId ?? '']) {
      const shown = await runCommand(shop, 'orders', 'show', text)
      expect(shown.output).toContain(order.key)
      expect(shown.output).toContain('checkout.session.completed')
    }
  })
})
