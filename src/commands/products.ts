// npm run products: lists products and links them to prices in Stripe's catalog.
import { CommandError, parseCommandLine, UsageError, type Command, type CommandDeps } from './run.js'
import { table } from './table.js'
import { formatMoney } from '../money.js'
import { linkPrice, pushVariant, unlinkPrice, usablePrice } from '../payments/stripe-prices.js'
import { listProblems } from '../catalog/product-problems.js'
import { parseProductId } from '../catalog/products.js'
import type { Product } from '../generated/prisma/client.js'

const USAGE = `Usage: npm run products -- COMMAND

  list               list the products and their Stripe prices
  link ID PRICE      sell product ID at Stripe's price PRICE; the product takes over its amount and currency
  push ID            create a Stripe product and price from product ID, and link them
  unlink ID          sell product ID at the shop's own price again`

export const productsCommand: Command = { usage: USAGE, run }

const MAX_ARGUMENTS = { list: 0, link: 2, push: 1, unlink: 1 }

async function run(deps: CommandDeps, args: readonly string[]): Promise<string> {
  const { positionals } = parseCommandLine(args, {}, MAX_ARGUMENTS)
  const [command, id, price] = positionals
  switch (command) {
    case 'list':
      return list(deps)
    case 'link':
      await linkPrice(deps, parseId(id), price ?? missingPrice())
      return list(deps, parseId(id))
    case 'push':
      await pushVariant(deps, parseId(id))
      return list(deps, parseId(id))
    case 'unlink':
      await unlinkPrice(deps.database.prisma, parseId(id))
      return list(deps, parseId(id))
    default:
      throw new UsageError()
  }
}

async function list({ database }: CommandDeps, id?: number): Promise<string> {
  const { prisma } = database
  const where = id === undefined ? {} : { id }
  const [products, problems] = await Promise.all([
    prisma.product.findMany({ where, orderBy: { id: 'asc' } }),
    listProblems(prisma),
  ])
  const rows = products.map((product) => [
    String(product.id),
    product.name,
    formatMoney(product.unitAmount, product.currency),
    product.stock === null ? 'not counted' : String(product.stock),
    product.active ? 'yes' : 'no',
    product.stripePriceId ?? '',
    noteOn(product, problems.get(product.id)),
  ])
  return table(['ID', 'PRODUCT', 'PRICE', 'STOCK', 'ON SALE', 'STRIPE PRICE', 'NOTE'], rows)
}

function noteOn(product: Product, problem: string | undefined): string {
  if (problem !== undefined) return problem
  return product.stripePriceId !== usablePrice({ ...product, stripePriceTaxBehavior: null })
    ? 'not used: the amounts differ'
    : ''
}

function parseId(text: string | undefined): number {
  const id = text === undefined ? null : parseProductId(text)
  if (id === null)
    throw new CommandError('Which product? Give its id. "npm run products -- list" shows them.')
  return id
}

function missingPrice(): never {
  throw new CommandError('Which price? Give its Stripe id, price_….')
}
