// npm run shipping: shows and changes what delivery costs.
import type { PrismaClient, ShippingRate } from '../generated/prisma/client.js'
import { formatMoney } from '../money.js'
import { withTranslation } from '../messages/translated.js'
import { currenciesWithoutRate } from '../shipping/rates.js'
import { deliveryTime } from '../shipping/delivery-time.js'
import {
  RateError,
  readAmount,
  readCountries,
  readCurrency,
  readDays,
  readFreeFrom,
  readName,
} from '../shipping/rate-form.js'
import {
  CommandError,
  parseCommandLine,
  refuseOthers,
  UsageError,
  type Command,
  type CommandDeps,
} from './run.js'
import { addRate, changeRate } from '../shipping/change-rates.js'
import { table } from './table.js'
import { otherLanguage } from './translate-product.js'

const USAGE = `Usage: npm run shipping -- COMMAND

  list [--all]         show the rates that shoppers can choose; --all: removed ones too
  add NAME OPTIONS     add a rate; it needs --countries and --amount
  set ID OPTIONS       change a rate; what you don't name stays
  remove ID            no longer offer a rate; orders keep it
  restore ID           offer a removed rate again

  --countries DE,AT    where it goes, by country code; "all" is every country that Stripe's page accepts
  --except US,CA       with --countries all: the countries to leave out
  --amount 4.90        what it costs; 0 is free
  --currency eur       for orders in this currency; new rates: the shop's
  --free-from 50       free for items of this value or more; "none"
  --days 2-4           business days until it arrives; "none"
  --name NAME          with set: another name
  --language de        with set and --name: what it is called in that language; "" for the same as in the shop's`

export const shippingCommand: Command = { usage: USAGE, run }

const OPTIONS = {
  all: { type: 'boolean' },
  countries: { type: 'string' },
  except: { type: 'string' },
  amount: { type: 'string' },
  currency: { type: 'string' },
  'free-from': { type: 'string' },
  days: { type: 'string' },
  name: { type: 'string' },
  language: { type: 'string' },
} as const

const MAX_ARGUMENTS = { list: 0, add: 1, set: 1, remove: 1, restore: 1 }

const OF_RATE = ['countries', 'except', 'amount', 'currency', 'free-from', 'days']
const ACCEPTED = { list: ['all'], add: OF_RATE, set: ['name', 'language', ...OF_RATE] }

interface Options {
  all?: boolean | undefined
  countries?: string | undefined
  except?: string | undefined
  amount?: string | undefined
  currency?: string | undefined
  'free-from'?: string | undefined
  days?: string | undefined
  name?: string | undefined
  language?: string | undefined
}

async function run(deps: CommandDeps, args: readonly string[]): Promise<string> {
  const { positionals, values } = parseCommandLine(args, OPTIONS, MAX_ARGUMENTS)
  const [command = '', subject] = positionals
  const { prisma } = deps.database
  refuseOthers(command, values, ACCEPTED)
  try {
    switch (command) {
      case 'list':
        return await list(prisma, values.all === true)
      case 'add':
        await add(deps, subject, values)
        break
      case 'set':
        await change(prisma, await rateOf(prisma, subject), values)
        break
      case 'remove':
      case 'restore': {
        const { id } = await rateOf(prisma, subject)
        await changeRate(prisma, id, { active: command === 'restore' })
        break
      }
      default:
        throw new UsageError()
    }
  } catch (error) {
    if (error instanceof RateError) throw new CommandError(error.message)
    throw error
  }
  return list(prisma, false)
}

async function add(
  { database, settings }: CommandDeps,
  name: string | undefined,
  options: Options,
): Promise<void> {
  const { prisma } = database
  if (name === undefined) throw new UsageError('What is the rate called? Give its name, such as "Standard".')
  if (options.countries === undefined) throw new UsageError('Where does it go? Give --countries.')
  if (options.amount === undefined) throw new UsageError('What does it cost? Give --amount; 0 is free.')
  const currency =
    options.currency === undefined ? (await settings()).currency : readCurrency(options.currency)
  await addRate(prisma, {
    name: readName(name),
    countries: readCountries(options.countries, options.except),
    currency,
    amount: readAmount(options.amount, currency),
    freeFrom: readFreeFrom(options['free-from'] ?? 'none', currency),
    ...readDays(options.days ?? 'none'),
  })
}

async function change(prisma: PrismaClient, rate: ShippingRate, options: Options): Promise<void> {
  if (Object.keys(options).length === 0) throw new UsageError('What is to change? Give an option.')
  if (options.language !== undefined) {
    await nameIn(prisma, rate, options)
    return
  }
  if (options.except !== undefined && options.countries === undefined)
    throw new UsageError('--except goes with --countries all.')
  const currency = options.currency === undefined ? rate.currency : readCurrency(options.currency)
  if (currency !== rate.currency) refuseOldAmounts(rate, options)
  const { name, countries, amount, days } = options
  await changeRate(prisma, rate.id, {
    ...(options.currency !== undefined && { currency }),
    ...(name !== undefined && { name: readName(name) }),
    ...(countries !== undefined && { countries: readCountries(countries, options.except) }),
    ...(amount !== undefined && { amount: readAmount(amount, currency) }),
    ...(options['free-from'] !== undefined && { freeFrom: readFreeFrom(options['free-from'], currency) }),
    ...(days !== undefined && readDays(days)),
  })
}

async function nameIn(prisma: PrismaClient, rate: ShippingRate, options: Options): Promise<void> {
  const { language: code, name, ...others } = options
  if (name === undefined || Object.keys(others).length > 0)
    throw new UsageError('--language goes with --name alone.')
  const language = otherLanguage(code)
  const translations = withTranslation(rate.translations, language, name === '' ? null : readName(name))
  await changeRate(prisma, rate.id, { translations })
}

/** An amount in one currency means nothing in another. */
function refuseOldAmounts({ freeFrom }: ShippingRate, options: Options): void {
  if (options.amount === undefined) throw new CommandError('Give --amount in the new currency, too.')
  if (freeFrom !== null && options['free-from'] === undefined)
    throw new CommandError('Give --free-from in the new currency, too, or --free-from none.')
}

async function rateOf(prisma: PrismaClient, text: string | undefined): Promise<ShippingRate> {
  const id = text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null
  const rate = id === null ? null : await prisma.shippingRate.findUnique({ where: { id } })
  if (!rate)
    throw new CommandError(
      text === undefined || id === null
        ? 'Which rate? Give its id. "npm run shipping -- list --all" shows them.'
        : `There is no rate ${text}. "npm run shipping -- list --all" shows them.`,
    )
  return rate
}

async function list(prisma: PrismaClient, all: boolean): Promise<string> {
  const rates = await prisma.shippingRate.findMany({
    where: all ? {} : { active: true },
    orderBy: [{ position: 'asc' }, { id: 'asc' }],
  })
  const rows = rates.map((rate) => [
    String(rate.id),
    rate.name,
    rate.amount === 0 ? 'free' : formatMoney(rate.amount, rate.currency),
    rate.currency,
    rate.freeFrom === null ? '' : formatMoney(rate.freeFrom, rate.currency),
    deliveryTime(rate.minDays, rate.maxDays) ?? '',
    ...(all ? [rate.active ? 'yes' : 'no'] : []),
    countriesOf(rate),
  ])
  const head = [
    'ID',
    'RATE',
    'COSTS',
    'CURRENCY',
    'FREE FROM',
    'TIME',
    ...(all ? ['OFFERED'] : []),
    'COUNTRIES',
  ]
  return [table(head, rows), ...(await warnings(prisma))].join('\n')
}

/** More codes than this would hide the rest of the table. */
const CODES_SHOWN = 8

function countriesOf({ countries }: ShippingRate): string {
  if (countries.length === 0) return 'all'
  const more = countries.length - CODES_SHOWN
  return more <= 1 ? countries.join(' ') : `${countries.slice(0, CODES_SHOWN).join(' ')} and ${more} more`
}

async function warnings(prisma: PrismaClient): Promise<string[]> {
  return (await currenciesWithoutRate(prisma)).map(
    (currency) =>
      `\nNo rate is in ${currency}: products in ${currency} that need delivery can’t be bought. Add one with --currency ${currency}.`,
  )
}
