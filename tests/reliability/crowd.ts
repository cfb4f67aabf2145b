// Signed-in shoppers that act at the same moment, and the shop's own functions to run beside them.
import pg from 'pg'
import { pino } from 'pino'
import { insertShoppers, type Shopper } from '../../bench/shoppers.js'
import type { PaymentDeps } from '../../src/payments/payment-deps.js'
import { createStripeContext } from '../../src/payments/stripe-client.js'
import { readSettings } from '../../src/settings/read-settings.js'
import type { RunningShop, TestShop } from '../support/shop.js'

/** The first of the two secrets with which tests/support/shop.ts signs its cookies. */
const SESSION_SECRET = 'a secret of the tests'

export async function signedIn(shop: RunningShop, count: number): Promise<Shopper[]> {
  const client = new pg.Client({ connectionString: shop.databaseUrl })
  await client.connect()
  return insertShoppers(client, SESSION_SECRET, count).finally(() => client.end())
}

export interface Answer {
  status: number
  /** Target of a redirect. */
  location: string
  /** Code of a problem response. */
  code: string | null
  /** Empty unless it is JSON. */
  body: Record<string, unknown>
}

export function click(
  shop: RunningShop,
  shopper: Shopper,
  method: 'GET' | 'POST',
  path: string,
  form: Record<string, string> = {},
): Promise<Answer> {
  return ask(shop, shopper, path, { method, ...(method === 'POST' && { body: new URLSearchParams(form) }) })
}

export function postJson(shop: RunningShop, shopper: Shopper, path: string, body: object): Promise<Answer> {
  const headers = { 'content-type': 'application/json' }
  return ask(shop, shopper, path, { method: 'POST', headers, body: JSON.stringify(body) })
}

async function ask(
  shop: RunningShop,
  shopper: Shopper,
  path: string,
  request: { method: string; headers?: Record<string, string>; body?: string | URLSearchParams },
): Promise<Answer> {
  const response = await fetch(shop.url + path, {
    ...request,
    redirect: 'manual',
    headers: { ...request.headers, cookie: shopper.cookie, accept: 'application/json' },
  })
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>
  const { code } = body
  return {
    status: response.status,
    location: response.headers.get('location') ?? '',
    code: typeof code === 'string' ? code : null,
    body,
  }
}

/** Number of responses by status and code, for example `303` or `409 sold_out`. */
export function counts(answers: readonly Answer[]): Record<string, number> {
  const table: Record<string, number> = {}
  for (const { status, code } of answers) {
    const name = code === null ? String(status) : `${status} ${code}`
    table[name] = (table[name] ?? 0) + 1
  }
  return table
}

/** Dependencies of a second process, for overdue attempts, refunds and other operator work. */
export function depsOf(shop: TestShop): PaymentDeps {
  const { sandbox, webhookSecret, appId, url, database } = shop
  if (!sandbox) throw new Error('These parts need a Stripe to ask.')
  const access = {
    secretKey: sandbox.secretKey,
    webhookSecrets: [webhookSecret],
    apiBase: new URL(sandbox.url),
  }
  return {
    database,
    stripe: createStripeContext(access, appId, { baseUrl: url }),
    settings: () => readSettings(database.prisma),
    operatorEmail: 'operator@till.example',
    log: pino({ level: 'silent' }),
  }
}

/** A new product, used by one race only. */
export async function newProduct(shop: TestShop, stock: number): Promise<number> {
  const { id } = await shop.database.prisma.product.create({
    data: {
      slug: `race-${Date.now()}-${Math.random()}`,
      name: 'A rare thing',
      summary: '',
      description: '',
      image: '/assets/none.png',
      category: 'test',
      unitAmount: 2500,
      currency: 'usd',
      stock,
    },
  })
  return id
}

export async function stockOf(shop: TestShop, id: number): Promise<number | null> {
  return (await shop.database.prisma.product.findUniqueOrThrow({ where: { id } })).stock
}
