// npm run customers: finds accounts, signs them out, blocks them, exports what is kept about them, and erases them.
import { canonicalEmail } from '../accounts/email-address.js'
import { blockCustomer, unblockCustomer } from '../customers/block-customer.js'
import { findCustomer, type Customer } from '../customers/customer.js'
import { listCustomers } from '../customers/customer-list.js'
import { eraseCustomer } from '../customers/erase-customer.js'
import { eraseGuest } from '../customers/erase-guest.js'
import { exportCustomer } from '../customers/export-customer.js'
import { exportGuest } from '../customers/export-guest.js'
import { finishErasure } from '../customers/finish-erasures.js'
import { findGuest, type Guest } from '../customers/guest.js'
import { removeCustomerFactor } from '../customers/remove-factor.js'
import { endCustomerSession, revokeCustomerToken, signOutCustomer } from '../customers/sign-out-customer.js'
import { formatMoney } from '../money.js'
import { addressLines } from '../orders/address-lines.js'
import {
  CommandError,
  parseCommandLine,
  parseLimit,
  refuseOthers,
  UsageError,
  type Command,
  type CommandDeps,
} from './run.js'
import { table, time } from './table.js'

const USAGE = `Usage: npm run customers -- COMMAND

  list [WORDS] [--blocked] [--limit N]    list the newest accounts, or those whose name or address has these words
  show CUSTOMER                           show an account: orders, spend, where it is signed in
  sessions CUSTOMER [--end ID | --end-all]
                                          list where it is signed in; end one session or API token, or all
  block CUSTOMER REASON                   sign it out everywhere; it can't sign in or order until it is unblocked
  unblock CUSTOMER                        let it sign in and order again
  remove-factor CUSTOMER                  turn off a shopper's two-step sign-in
  export CUSTOMER                         print all that is kept about the person, as JSON
  erase CUSTOMER                          erase the person; orders stay for the books. This can't be undone

CUSTOMER is the account's number or address. "export" and "erase" also take the address of somebody who ordered without
an account.`

export const customersCommand: Command = { usage: USAGE, run }

const OPTIONS = {
  blocked: { type: 'boolean' },
  end: { type: 'string' },
  'end-all': { type: 'boolean' },
  limit: { type: 'string' },
} as const

const MAX_ARGUMENTS = {
  list: Infinity,
  show: 1,
  sessions: 1,
  block: Infinity,
  unblock: 1,
  'remove-factor': 1,
  export: 1,
  erase: 1,
}
const ACCEPTED = { list: ['blocked', 'limit'], sessions: ['end', 'end-all'] }

async function run(deps: CommandDeps, args: readonly string[]): Promise<string> {
  const { prisma } = deps.database
  const { values, positionals } = parseCommandLine(args, OPTIONS, MAX_ARGUMENTS)
  const [command = '', id, ...rest] = positionals
  refuseOthers(command, values, ACCEPTED)
  switch (command) {
    case 'list':
      return list(deps, positionals.slice(1).join(' '), values.blocked ?? false, values.limit ?? '20')
    case 'show':
      return describe(await customerOf(deps, id))
    case 'sessions':
      return sessions(deps, await customerOf(deps, id), values.end, values['end-all'] ?? false)
    case 'block': {
      const { user } = await customerOf(deps, id)
      if (rest.length === 0) throw new UsageError('Why is it blocked?')
      await blockCustomer(prisma, user.id, rest.join(' '))
      return describe(await customerOf(deps, String(user.id)))
    }
    case 'unblock': {
      const { user } = await customerOf(deps, id)
      await unblockCustomer(prisma, user.id)
      return describe(await customerOf(deps, String(user.id)))
    }
    case 'remove-factor': {
      const { user } = await customerOf(deps, id)
      await removeCustomerFactor(prisma, user.id)
      return `${user.email} signs in with the password alone.`
    }
    case 'export': {
      const guest = await guestNamed(deps, id)
      if (guest !== null) return textOf(exportGuest(prisma, guest))
      const { user } = await customerOf(deps, id)
      return textOf(exportCustomer(prisma, user.id))
    }
    case 'erase': {
      const guest = await guestNamed(deps, id)
      if (guest !== null) {
        await eraseGuest(prisma, guest)
        return `The guest is erased from ${guest.orders} ${guest.orders === 1 ? 'order' : 'orders'}.`
      }
      const { user } = await customerOf(deps, id)
      await eraseCustomer(prisma, user.id)
      const isFinished = await finishErasure(deps, user.id)
      const rest = isFinished
        ? ''
        : ' What is left at Stripe or in orders is erased later, if the shop is running.'
      return `Customer ${user.id} is erased.${rest}`
    }
    default:
      throw new UsageError()
  }
}

async function list(
  { database }: CommandDeps,
  search: string,
  isBlocked: boolean,
  limit: string,
): Promise<string> {
  const customers = await listCustomers(database.prisma, { search, isBlocked }, null, parseLimit(limit))
  if (customers.length === 0) return 'No accounts found.'
  return table(
    ['ID', 'EMAIL', 'NAME', 'SINCE (UTC)', 'STATE'],
    customers.map(({ id, email, name, createdAt, blockedAt, role }) => [
      String(id),
      email,
      name,
      time(createdAt),
      blockedAt !== null ? 'blocked' : role === 'shopper' ? '' : role,
    ]),
  )
}

async function customerOf(
  { database: { prisma } }: CommandDeps,
  text: string | undefined,
): Promise<Customer> {
  if (text === undefined) throw new UsageError('Which customer?')
  const email = canonicalEmail(text)
  const id = /^[1-9]\d{0,8}$/.test(text)
    ? Number(text)
    : (email && (await prisma.user.findUnique({ where: { email }, select: { id: true } }))?.id) || 0
  const customer = await findCustomer(prisma, id)
  if (customer === null) throw new CommandError(`There is no account ${text}.`)
  return customer
}

/** Somebody without an account whose address this is. Null: an account has it, or nothing is kept about it. */
async function guestNamed(
  { database: { prisma } }: CommandDeps,
  text: string | undefined,
): Promise<Guest | null> {
  const email = text === undefined ? null : canonicalEmail(text)
  const guest = email === null ? null : await findGuest(prisma, email)
  return guest?.account == null ? guest : null
}

async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  const all: string[] = []
  for await (const piece of pieces) all.push(piece)
  return all.join('').trimEnd()
}

function describe(customer: Customer): string {
  const { user, orders, spend, hasOlder, savedAddresses, sessions: open, tokens } = customer
  const { id, email, name, createdAt, verifiedAt, blockedAt, blockedReason, erasedAt, erasureDueAt } = user
  return [
    `Customer  ${id}  ${email}  ${name}`,
    `Since     ${time(createdAt)}, address ${verifiedAt === null ? 'not confirmed' : 'confirmed'}`,
    ...(blockedAt === null ? [] : [`Blocked   ${time(blockedAt)}: ${blockedReason ?? ''}`]),
    ...(erasedAt === null
      ? []
      : [
          `Erased    ${time(erasedAt)}${erasureDueAt === null ? '' : ', not yet in all orders and at Stripe'}`,
        ]),
    `Access    ${open.length} sessions, ${tokens.length} API tokens`,
    ...savedAddresses.map(
      ({ name, postalCode, isDefault, ...address }) =>
        `Address   ${[name, ...addressLines({ ...address, postal_code: postalCode })].join(', ')}${isDefault ? '  (default)' : ''}`,
    ),
    ...spend.map(
      ({ currency, paid, refunded, orders: count }) =>
        `Spend     ${formatMoney(paid, currency)} in ${count} paid orders${hasOlder ? ' of the newest 1,000' : ''}, ${formatMoney(refunded, currency)} refunded`,
    ),
    ...orders.map(
      ({ key, status, total, currency, createdAt: at }) =>
        `Order     ${key}  ${status}  ${formatMoney(total, currency)}  ${time(at)}`,
    ),
  ].join('\n')
}

async function sessions(
  { database: { prisma } }: CommandDeps,
  { user: { id }, sessions: open, tokens }: Customer,
  end: string | undefined,
  isAll: boolean,
): Promise<string> {
  if (isAll) {
    await signOutCustomer(prisma, id)
    return `Ended ${open.length} sessions and ${tokens.length} API tokens.`
  }
  if (end !== undefined) {
    if (open.some(({ handle }) => handle === end)) await endCustomerSession(prisma, id, end)
    else if (tokens.some((token) => token.id === end)) await revokeCustomerToken(prisma, id, end)
    else throw new CommandError(`The account has no session or API token ${end}.`)
    return `Ended ${end}.`
  }
  if (open.length + tokens.length === 0) return 'It is signed in nowhere.'
  return table(
    ['ID', 'KIND', 'LAST USED (UTC)', 'ENDS (UTC)', 'FROM'],
    [
      ...open.map(({ handle, seenAt, endsAt, userAgent }) => [
        handle,
        'session',
        time(seenAt),
        time(endsAt),
        userAgent ?? '',
      ]),
      ...tokens.map((token) => [
        token.id,
        'API token',
        time(token.lastUsedAt),
        time(token.endsAt),
        token.origin ?? token.userAgent ?? '',
      ]),
    ],
  )
}
