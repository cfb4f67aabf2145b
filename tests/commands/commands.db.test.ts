// The operator's commands: usage, invalid arguments, Stripe's errors, finding an order, and those that documents show.
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import supertest from 'supertest'
import { DEMO_ACCOUNT, seedDemoAccounts } from '../../src/accounts/demo-account.js'
import { SHOP_COMMANDS } from '../../src/commands/command-table.js'
import { readMarkdown } from '../docs/markdown.js'
import { shellLines, shellWords } from '../docs/shell.js'
import { runCommand } from '../support/command.js'
import { newOperator } from '../support/operator.js'
import { payByCard } from '../support/pay-page.js'
import { startTestShop, type TestShop } from '../support/shop.js'
import { newShopper, stranger } from '../support/shopper.js'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop({ demoProducts: true })
})
afterAll(() => shop.close())

/** The same shop for a command that cannot reach Stripe. */
const withoutStripe = (): TestShop => ({
  ...shop,
  environment: { ...shop.environment, STRIPE_API_BASE: 'http://127.0.0.1:1' },
})

async function paidOrder() {
  const { prisma } = shop.database
  const { id } = await prisma.product.findFirstOrThrow({ where: { requiresShipping: false, stock: null } })
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

/** What documents show and only a machine can run. */
const ELSEWHERE: readonly [line: RegExp, why: string][] = [
  [/^npm ci && npm start$/, 'tests/process/npm-start.production.ts starts it'],
  [/^(install|systemctl) /, 'needs root and systemd'],
  [/^npm run stripe /, 'tests/stripe-cli/ runs it'],
]

/** The lines to run of a document. */
const linesToRun = (file: string) =>
  shellLines(file).filter((line) => !ELSEWHERE.some(([elsewhere]) => elsewhere.test(line)))

describe('what documents show', () => {
  /** What stands in documents for what a shop has. */
  const placeholders = new Map<string, string>()
  const order = () => placeholders.get('ord_…') ?? ''

  const filledIn = (line: string) =>
    [...placeholders].reduce((text, [placeholder, value]) => text.replaceAll(placeholder, value), line)

  /** Runs `npm run NAME -- WORDS`. */
  async function run(line: string) {
    const [npm, verb, name = '', ...rest] = shellWords(filledIn(line))
    expect([line, npm, verb]).toEqual([line, 'npm', 'run'])
    const words = rest[0] === '--' ? rest.slice(1) : rest
    const { code, output } = await runCommand(shop, name as keyof typeof SHOP_COMMANDS, ...words)
    expect([line, code, output]).toEqual([line, 0, expect.any(String)])
  }

  it('docs/1-start.md places an order by the API', async () => {
    await seedDemoAccounts(shop.database.prisma)
    placeholders.set('http://127.0.0.1:3000', shop.url)
    const lines = linesToRun('docs/1-start.md')
    expect(lines.length).toBeGreaterThan(3)
    let checkout = ''
    for (const line of lines) {
      if (line === 'TOKEN=till_…') continue
      const words = shellWords(filledIn(line))
      const after = (option: string) => words[words.indexOf(option) + 1] ?? ''
      expect([line, words[0]]).toEqual([line, 'curl'])
      const { origin, pathname } = new URL(words.at(-1) ?? '')
      const [header = 'accept', value = '*/*'] = words.includes('-H') ? after('-H').split(': ') : []
      const { status, body } = (await supertest(origin)
        .post(pathname)
        .set(header, value)
        .send(JSON.parse(after('--json')) as object)) as {
        status: number
        body: Record<'token' | 'order_id' | 'checkout_url', string | undefined>
      }
      expect([line, status, body]).toEqual([line, expect.toBeOneOf([200, 201]), body])
      if (body.token !== undefined) placeholders.set('$TOKEN', body.token)
      if (body.order_id !== undefined) placeholders.set('ord_…', body.order_id)
      checkout = body.checkout_url ?? checkout
    }
    await payByCard(checkout)
  })

  it('docs/4-run-it.md sends the order, refunds its return, and asks for the day', async () => {
    const find = () =>
      shop.database.prisma.order.findUniqueOrThrow({ where: { key: order() }, include: { items: true } })
    await expect.poll(async () => (await find()).status).toBe('paid')
    const number = `T-${order().slice(4, 12).toUpperCase()}`
    for (const example of ['T-5XD1R0JZ', 'T-7F3K2M8Q']) placeholders.set(example, number)
    placeholders.set('you@shop.example', (await newOperator(shop)).email)

    const lines = linesToRun('docs/4-run-it.md')
    expect(lines.length).toBeGreaterThan(20)
    for (const line of lines) {
      if (line.includes('RETURN') && !placeholders.has('RETURN'))
        placeholders.set('RETURN', await askForReturn())
      await run(line)
    }
    expect(await find()).toMatchObject({ fulfilment: 'delivered', status: 'partially_refunded' })

    /** The shopper of page 1 asks for the return of one item. @returns its key */
    async function askForReturn(): Promise<string> {
      const shopper = stranger(shop.url)
      const { email, password } = DEMO_ACCOUNT
      await shopper.post('/login').type('form').send({ email, password }).expect(303)
      const wanted = { [`item_${(await find()).items[0]?.id ?? 0}`]: '1', reason: 'A chip.' }
      await shopper.post(`/orders/${order()}/returns`).type('form').send(wanted).expect(303)
      return (await shop.database.prisma.return.findFirstOrThrow({ where: { order: { key: order() } } })).key
    }
  })

  it('docs/2-make-it-yours.md sells from a page on another origin', async () => {
    const [snippet] = readMarkdown('docs/2-make-it-yours.md').fences.filter(
      ({ language }) => language === 'js',
    )
    const location = { href: '' }
    const script = (snippet?.text ?? '').replace('https://shop.example', shop.url)
    const { email, password } = DEMO_ACCOUNT
    await runInNewContext(`(async () => { ${script} })()`, { fetch, email, password, location })
    expect(location.href).toContain(`${shop.sandbox?.url ?? ''}/c/pay/`)
  })

  it('docs/7-sandbox.md moves the clock, and turns faults on and off', async () => {
    const sandboxUrl = shop.sandbox?.url ?? ''
    placeholders.set('http://127.0.0.1:12111', sandboxUrl)
    const curls = linesToRun('docs/7-sandbox.md')
    expect(curls.length).toBeGreaterThan(2)
    for (const line of curls) {
      const [, url = '', ...options] = shellWords(filledIn(line))
      const form = options.filter((_word, index) => options[index - 1] === '-d').join('&')
      const { pathname } = new URL(url)
      const sandbox = supertest(sandboxUrl)
      const answer = await (options.includes('DELETE')
        ? sandbox.delete(pathname)
        : sandbox.post(pathname).type('form').send(form))
      expect([line, answer.status]).toEqual([line, 200])
    }
  })

  it('docs/2-make-it-yours.md changes settings, products, delivery and links', async () => {
    for (const line of linesToRun('docs/2-make-it-yours.md')) await run(line)
    const { prisma } = shop.database
    expect(await prisma.shop.findFirst()).toMatchObject({
      name: 'Kiln & Field',
      currency: 'gbp',
      tax: 'stripe',
    })
    expect(await prisma.product.count({ where: { slug: 'linen-shirt' } })).toBe(1)
  })
})
