// What every page of the panel shows around its content.
import type { Request } from 'express'
import { Account } from '../../state/account.js'
import type { PageDeps } from '../page-deps.js'
import { time, tone } from './format.js'

/** The panel's sections, in the order of the navigation. */
const PLACES = [
  ['', 'Overview'],
  ['sessions', 'Sessions'],
  ['payments', 'Payments'],
  ['customers', 'Customers'],
  ['subscriptions', 'Subscriptions'],
  ['invoices', 'Invoices'],
  ['refunds', 'Refunds'],
  ['disputes', 'Disputes'],
  ['events', 'Events'],
  ['deliveries', 'Deliveries'],
  ['endpoints', 'Endpoints'],
  ['faults', 'Faults'],
  ['cards', 'Test cards'],
] as const

/** The account of a list: that of the printed key, unless the address names another. */
export function accountAsked(parts: PageDeps, request: Request): Account {
  const { account: asked } = request.query
  const { context, account } = parts
  return typeof asked === 'string' && otherAccounts(parts).includes(asked)
    ? new Account(asked, context)
    : account
}

export function otherAccounts({ context, account }: PageDeps): string[] {
  return context.store.accountIds().filter((id) => id.startsWith('acct_') && id !== account.id)
}

/** `here` is the section that the page belongs to. */
export function shell(parts: PageDeps, request: Request, account: Account, here: string): object {
  const own = account.id === parts.account.id
  const suffix = own ? '' : `?account=${account.id}`
  const { clock } = parts.context
  return {
    nav: PLACES.map(([path, label]) => ({ href: `/${path}${suffix}`, label, current: path === here })),
    accountId: account.id,
    own,
    suffix,
    now: time(clock.seconds()),
    ahead: distance(clock.milliseconds() - Date.now()),
    back: request.path,
    faultsOn: parts.faults.areOn,
    done: null,
    problem: null,
    tone,
  }
}

/** For example `1 d 3 h`. Null when the clock shows the real time. */
function distance(milliseconds: number): string | null {
  const minutes = Math.round(milliseconds / 60_000)
  if (minutes < 1) return null
  const parts = [
    [Math.floor(minutes / 1440), 'd'],
    [Math.floor((minutes % 1440) / 60), 'h'],
    [minutes % 60, 'min'],
  ] as const
  return parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ')
}
