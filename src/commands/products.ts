// npm run products: lists, adds, imports and changes products and their variants, and links them to prices in Stripe's
// catalog.
import { duplicateProduct } from '../catalog/duplicate-product.js'
import { exportProducts } from '../catalog/import/export-products.js'
import {
  addProduct,
  addVariant,
  changeProduct,
  changeVariant,
  findVariant,
  findWholeProduct,
  nameOptions,
} from '../catalog/manage-products.js'
import { NO_PICTURE } from '../catalog/product-pictures.js'
import { readEdited } from '../catalog/read-edited.js'
import { STOCK_REASONS } from '../catalog/stock-reasons.js'
import { isCurrency } from '../money.js'
import { linkPrice, pushVariant, unlinkPrice } from '../payments/stripe-prices.js'
import { checkPictureAddress } from '../pictures/allowed-picture.js'
import { PictureError } from '../pictures/picture-error.js'
import { adjustVariant, withMinusSigns } from './adjust-stock.js'
import { importProducts } from './import-products.js'
import { listProducts } from './list-products.js'
import { addLink, endLinks, listLinks } from './product-links.js'
import { missing, missingId, optionValues, pairs, price, stock, taxCode, yesOrNo } from './product-values.js'
import {
  CommandError,
  parseCommandLine,
  refuseOthers,
  UsageError,
  type Command,
  type CommandDeps,
} from './run.js'
import { translate } from './translate-product.js'
import { writeNewFile } from './write-new-file.js'

const USAGE = `Usage: npm run products -- COMMAND

A product without options is one line of the list; a product in sizes or colors has a line for each variant. ID is a
number of the list, or a sku.

  list                          list what is sold, with its Stripe prices
  add NAME --price 28.00        add a product
      --option "Size=S,M,L"     in these sizes; with another --option, in all combinations
      --stock 20                units left of each variant; without it, stock is not counted
      --shipping                it is sent to an address
      --currency eur            if it is not the shop's
      --category, --summary, --description, --image, --tax-code txcd_…
  set ID                        change a variant, or a product without options
      --price 30.00, --stock 12 or "untracked", --sku, --image, --on-sale yes or no
  product ID                    change what all variants of a product share
      --name, --summary, --description, --category, --image, --shipping yes or no, --tax-code, --on-sale yes or no
  translate ID --language de    say the same in another language; an empty text is none
      --name, --summary, --description, --category (for all its products)
      --option "Red=Rot"        of an option or one of its values; can be given several times
  variant ID Size=XL ...        add a variant to a product with options; takes the options of "set"
  options ID Size=M ...         say what a product without options is, before it gets other variants
  duplicate ID                  copy a product with its variants and pictures; the copy is off sale and has no stock
  adjust ID +3 or -2            change stock by so many units
      --reason                  ${Object.keys(STOCK_REASONS).join(', ')}
      --note                    for the list of adjustments
  export FILE                   write all products to a CSV file
  import FILE                   say what a CSV file with these columns would change
      --apply                   and change it
  link ID PRICE                 sell it at Stripe's price PRICE; it takes over the amount and currency
  push ID                       create a Stripe product and price from it, and link them
  unlink ID                     sell it at the shop's own price again
  payment-link ID               create a link to a page of Stripe that sells one unit at today's price
      --countries DE,AT         delivered there only
      --off                     instead, end the links that sell it
  payment-links                 list the newest payment links`

export const productsCommand: Command = { usage: USAGE, run }

/** Names of variants and of new products can have several words. */
const MANY = 50
const MAX_ARGUMENTS = {
  ...{ list: 0, add: 1, set: 1, product: 1, translate: 1, variant: MANY, options: MANY },
  ...{ duplicate: 1, adjust: 2, export: 1, import: 1 },
  ...{ link: 2, push: 1, unlink: 1, 'payment-link': 1, 'payment-links': 0 },
}

const text = { type: 'string' } as const
const flag = { type: 'boolean' } as const
const OPTIONS = {
  ...{ name: text, summary: text, description: text, category: text, image: text, 'tax-code': text },
  ...{ price: text, currency: text, stock: text, sku: text, 'on-sale': text },
  language: text,
  option: { type: 'string', multiple: true },
  ...{ countries: text, reason: text, note: text },
  ...{ off: flag, apply: flag },
} as const

const OWN = ['price', 'stock', 'sku', 'image', 'on-sale']
const SHARED = ['name', 'summary', 'description', 'category', 'image', 'shipping', 'tax-code', 'on-sale']
const ACCEPTED: Record<string, readonly string[]> = {
  add: [
    'price',
    'currency',
    'category',
    'summary',
    'description',
    'image',
    'stock',
    'shipping',
    'tax-code',
    'option',
  ],
  set: OWN,
  product: SHARED,
  translate: ['language', 'name', 'summary', 'description', 'option', 'category'],
  variant: OWN,
  adjust: ['reason', 'note'],
  import: ['apply'],
  'payment-link': ['countries', 'off'],
}

async function run(deps: CommandDeps, args: readonly string[]): Promise<string> {
  const [command = ''] = args
  // "--shipping" stands alone where a product is added, and says yes or no where one is changed.
  const shipping = command === 'add' ? flag : text
  const words = command === 'adjust' ? withMinusSigns(args) : args
  const { positionals, values } = parseCommandLine(words, { ...OPTIONS, shipping }, MAX_ARGUMENTS)
  refuseOthers(command, values, ACCEPTED)
  const [, id, ...rest] = positionals
  if (values.image !== undefined) await checkPicture(deps, values.image)
  const { prisma } = deps.database
  switch (command) {
    case 'list':
      return listProducts(deps)
    case 'add':
      return listProducts(deps, await add(deps, id ?? missing('Give it a name.'), values))
    case 'set': {
      const variant = await findVariant(prisma, id ?? missingId())
      await changeVariant(prisma, variant, ownChange(values, variant.currency))
      return listProducts(deps, variant.productId)
    }
    case 'product': {
      const product = await findWholeProduct(prisma, id ?? missingId())
      await changeProduct(prisma, product, sharedChange(values))
      return listProducts(deps, product.id)
    }
    case 'translate': {
      const product = await findWholeProduct(prisma, id ?? missingId())
      await translate(prisma, product, values)
      return listProducts(deps, product.id)
    }
    case 'variant': {
      const product = await findWholeProduct(prisma, id ?? missingId())
      await addVariant(prisma, product, pairs(rest), ownChange(values, product.currency))
      return listProducts(deps, product.id)
    }
    case 'options': {
      const product = await findWholeProduct(prisma, id ?? missingId())
      if (rest.length === 0) throw new CommandError('Which options? Give at least one, such as Size=M.')
      await nameOptions(prisma, product, pairs(rest))
      return listProducts(deps, product.id)
    }
    case 'duplicate': {
      const { id: productId } = await findWholeProduct(prisma, id ?? missingId())
      const product = await readEdited(prisma, productId)
      if (!product) throw new CommandError('The product was deleted meanwhile.')
      return listProducts(deps, await duplicateProduct(prisma, product))
    }
    case 'adjust': {
      const variant = await findVariant(prisma, id ?? missingId())
      await adjustVariant(prisma, variant, rest[0], values)
      return listProducts(deps, variant.productId)
    }
    case 'export':
      return writeNewFile(id, () => exportProducts(prisma))
    case 'import':
      return importProducts(deps, id, values.apply === true)
    case 'link': {
      const variant = await findVariant(prisma, id ?? missingId())
      await linkPrice(deps, variant.id, rest[0] ?? missing('Which price? Give its Stripe id, price_….'))
      return listProducts(deps, variant.productId)
    }
    case 'push': {
      const variant = await findVariant(prisma, id ?? missingId())
      await pushVariant(deps, variant.id)
      return listProducts(deps, variant.productId)
    }
    case 'unlink': {
      const variant = await findVariant(prisma, id ?? missingId())
      await unlinkPrice(prisma, variant.id)
      return listProducts(deps, variant.productId)
    }
    case 'payment-link': {
      const variant = await findVariant(prisma, id ?? missingId())
      return values.off === true ? endLinks(deps, variant.id) : addLink(deps, variant.id, values.countries)
    }
    case 'payment-links':
      return listLinks(deps)
    default:
      throw new UsageError()
  }
}

type Values = Partial<Record<Exclude<keyof typeof OPTIONS, 'option' | 'off' | 'apply'>, string>> & {
  option?: string[]
  off?: boolean
  apply?: boolean
  shipping?: string | boolean
}

/** @returns the product's id */
async function add(deps: CommandDeps, name: string, values: Values): Promise<number> {
  const { prisma } = deps.database
  const currency = (values.currency ?? (await deps.settings()).currency).toLowerCase()
  if (!isCurrency(currency))
    throw new CommandError(`Stripe has no currency "${values.currency ?? currency}".`)
  const product = {
    name,
    currency,
    unitAmount: price(
      values.price ?? missing('What does it cost? Give --price, such as --price 28.00.'),
      currency,
    ),
    summary: values.summary ?? '',
    description: values.description ?? '',
    category: values.category ?? 'Other',
    image: values.image ?? NO_PICTURE,
    stock: values.stock === undefined ? null : stock(values.stock),
    requiresShipping: values.shipping === true,
    taxCode: values['tax-code'] === undefined ? null : taxCode(values['tax-code']),
  }
  return addProduct(prisma, product, (values.option ?? []).map(optionValues))
}

/** @throws CommandError for an address that pages would not show */
async function checkPicture(deps: CommandDeps, image: string): Promise<void> {
  const { pictureHosts } = await deps.settings()
  try {
    checkPictureAddress(image, pictureHosts)
  } catch (error) {
    if (error instanceof PictureError) throw new CommandError(error.message)
    throw error
  }
}

function ownChange(values: Values, currency: string) {
  return {
    sku: values.sku,
    unitAmount: values.price === undefined ? undefined : price(values.price, currency),
    stock: values.stock === undefined ? undefined : stock(values.stock),
    image: values.image,
    active: yesOrNo('on-sale', values['on-sale']),
  }
}

function sharedChange(values: Values) {
  const { name, summary, description, category, image, shipping } = values
  return {
    ...{ name, summary, description, category, image },
    requiresShipping: yesOrNo('shipping', shipping),
    taxCode: values['tax-code'] === undefined ? undefined : taxCode(values['tax-code']),
    active: yesOrNo('on-sale', values['on-sale']),
  }
}
