// npm run products: the catalogue, and its ties to Stripe's, from a terminal.
import { CommandError, parseWords, UsageError, type Command, type CommandDeps } from './run.js'
import { table } from './table.js'
import { formatMoney } from '../money.js'
import { linkPrice, pushProduct, unlinkPrice, usablePrice } from '../payments/stripe-prices.js'
import { parseProductId } from '../catalog/products.js'

const USAGE = `Usage: npm run products -- COMMAND

  list               the products, and the prices of Stripe's catalogue that some are sold by
  link ID PRICE      sells product ID by Stripe's price PRICE: its amount and currency become the product's
  push ID            makes a product and price in Stripe's catalogue from product ID, and links them
  unlink ID          sells product ID by our own price again`

export const productsCommand: Command = { usage: USAGE, run }

const WORDS = { list: 0, link: 2, push: 1, unlink: 1 }

async function run(deps: CommandDeps, words: readonly string[]): Promise<string> {
  const { positionals } = parseWords(words, {}, WORDS)
  const [command, id, price] = positionals
  switch (command) {
    case 'list':
      return list(deps)
    case 'link':
      await linkPrice(deps, idOf(id), price ?? missingPrice())
      return list(deps, idOf(id))
    case 'push':
      await pushProduct(deps, idOf(id))
      return list(deps, idOf(id))
    case 'unlink':
      await unlinkPrice(deps.database.prisma, idOf(id))
      return list(deps, idOf(id))
    default:
      throw new UsageError()
  }
}

async function list({ database }: CommandDeps, id?: number): Promise<string> {
  const products = await database.prisma.product.findMany({
    where: id === undefined ? {} : { id },
    orderBy: { id: 'asc' },
  })
  const rows = products.map((product) => [
    String(product.id),
    product.name,
    formatMoney(product.unitAmount, product.currency),
    product.stock === null ? 'not counted' : String(product.stock),
    product.active ? 'yes' : 'no',
    product.stripePriceId ?? '',
    product.stripePriceId !== usablePrice(product) ? 'not used: the amounts differ' : '',
  ])
  return table(['ID', 'PRODUCT', 'PRICE', 'STOCK', 'ON SALE', 'STRIPE PRICE', 'NOTE'], rows)
}

function idOf(text: string | undefined): number {
  const id = text === undefined ? null : parseProductId(text)
  if (id === null)
    throw new CommandError(`Which product? Name its id; "npm run products -- list" shows them.`)
  return id
}

function missingPrice(): never {
  throw new CommandError('Which price? Name its id at Stripe, price_….')
}
