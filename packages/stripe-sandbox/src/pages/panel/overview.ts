// The panel's first page, and the list of test cards.
import { Router } from 'express'
import { TEST_ACCOUNTS } from '../../payments/bank-accounts.js'
import { TEST_CARDS } from '../../payments/test-cards.js'
import type { Account } from '../../state/account.js'
import { nameOf } from '../../state/delivery-targets.js'
import type { RecordKinds } from '../../state/records.js'
import type { PageDeps } from '../page-deps.js'
import { events } from './events.js'
import type { PanelKind, Table } from './kind.js'
import { payments } from './payments.js'
import { accountAsked, otherAccounts, shell } from './shell.js'

export function overviewPages(parts: PageDeps): Router {
  const { context } = parts
  const router = Router()
  router.get('/', (request, response) => {
    const account = accountAsked(parts, request)
    response.render('panel/overview', {
      ...shell(parts, request, account, ''),
      title: 'Overview',
      baseUrl: context.baseUrl,
      port: context.baseUrl.split(':').pop(),
      accounts: [parts.account.id, ...otherAccounts(parts)],
      secretKey: parts.secretKey,
      publishableKey: parts.publishableKey,
      webhookSecret: parts.webhookSecret,
      hasListener: account.all('webhook_endpoint').size > 0 || account.listeners().length > 0,
      listeners: account.listeners().map(nameOf),
      counts: countsOf(account),
      tables: [latest(account, payments, 6), latest(account, events, 10)],
    })
  })

  router.get('/cards', (request, response) => {
    response.render('panel/cards', {
      ...shell(parts, request, accountAsked(parts, request), 'cards'),
      title: 'Test cards',
      testCards: TEST_CARDS.map((card) => ({
        number: card.number.replace(/(.{4})(?=.)/g, '$1 '),
        name: card.names[0] ? `pm_card_${card.names[0]}` : '',
        does: card.does,
      })),
      testAccounts: TEST_ACCOUNTS,
    })
  })
  return router
}

function latest(account: Account, kind: PanelKind, count: number): Table {
  const rows = []
  for (const record of account.all(kind.kind).newestFirst()) {
    rows.push({ href: `/${kind.path}/${record.id}`, cells: kind.cells(account, record) })
    if (rows.length === count) break
  }
  return { title: kind.title, columns: kind.columns, rows, empty: kind.empty }
}

/** Counts of what may need attention. */
function countsOf(account: Account): { label: string; value: number; href: string; tone: string }[] {
  const count = <K extends keyof RecordKinds>(kind: K, fits: (record: RecordKinds[K]) => boolean): number => {
    let found = 0
    for (const record of account.all(kind).newestFirst()) if (fits(record)) found += 1
    return found
  }
  const failed = count('deliveries', ({ targets }) => targets.some((target) => target.state === 'failed'))
  const waiting = count('deliveries', ({ targets }) => targets.some((target) => target.state === 'pending'))
  const asked = count('dispute', ({ status }) => status.endsWith('needs_response'))
  const open = count('checkout.session', ({ status }) => status === 'open')
  return [
    { label: 'Open sessions', value: open, href: '/sessions?state=open', tone: 'quiet' },
    {
      label: 'Payments',
      value: account.all('payment_intent').size,
      href: '/payments',
      tone: 'quiet',
    },
    { label: 'Disputes to answer', value: asked, href: '/disputes', tone: asked > 0 ? 'bad' : 'quiet' },
    {
      label: 'Deliveries waiting',
      value: waiting,
      href: '/deliveries?state=pending',
      tone: waiting > 0 ? 'wait' : 'quiet',
    },
    {
      label: 'Deliveries failed',
      value: failed,
      href: '/deliveries?state=failed',
      tone: failed > 0 ? 'bad' : 'quiet',
    },
  ]
}
