// The first page of the admin: what is to be done, and today's sales.
import { Router } from 'express'
import { shownEmail } from '../accounts/email-address.js'
import { render } from '../http/render.js'
import { formatMoney } from '../money.js'
import { orderNumber } from '../orders/order-key.js'
import type { AdminDeps } from './admin-deps.js'
import { MOST_COUNTED, readTasks, readToday, type TaskName, type TaskRow } from './tasks.js'
import { formatDateTime } from './times.js'
import type { HomePage } from './view-models.js'

interface Shown {
  title: string
  /** Where the task is done. */
  href: string
  text: (row: TaskRow) => string
  hrefOf: (row: TaskRow) => string
}

const orderHref = (key: string) => `/admin/orders/${key}`

/** In the order of the page: what can't wait comes first. */
const TASKS: readonly [TaskName, Shown][] = [
  [
    'incidents',
    {
      ...{ title: 'Open incidents', href: '/admin/incidents' },
      text: ({ text }) => text,
      hrefOf: ({ id }) => `/admin/incidents/${id}`,
    },
  ],
  [
    'disputes',
    {
      ...{ title: 'Disputes to answer', href: '/admin/disputes' },
      text: ({ id, text, at }) =>
        `${text === '' ? id : orderNumber(text)}${at === null ? '' : `, ${daysLeft(at)}`}`,
      hrefOf: ({ id }) => `/admin/disputes/${id}`,
    },
  ],
  [
    'toShip',
    {
      ...{ title: 'Orders to ship', href: '/admin/to-ship' },
      text: ({ id }) => orderNumber(id),
      hrefOf: ({ id }) => orderHref(id),
    },
  ],
  [
    'returns',
    {
      ...{ title: 'Returns to answer', href: '/admin/returns' },
      text: ({ text }) => orderNumber(text),
      hrefOf: ({ text }) => orderHref(text),
    },
  ],
  [
    'events',
    {
      ...{ title: 'Events that failed', href: '/admin/events?outcome=failed' },
      text: ({ id, text }) => `${text} (${id})`,
      hrefOf: ({ id }) => `/admin/events/${id}`,
    },
  ],
  [
    'mails',
    {
      ...{ title: 'Emails that were not sent', href: '/admin/mails?state=failed' },
      text: ({ text }) => {
        const [kind = '', to = ''] = text.split(' ')
        return `${kind.replaceAll('_', ' ')} to ${shownEmail(to)}`
      },
      hrefOf: ({ id }) => `/admin/mails/${id}`,
    },
  ],
  [
    'lowStock',
    {
      ...{ title: 'Low stock', href: '/admin/products?state=low_stock' },
      text: ({ text }) => text,
      hrefOf: ({ id }) => `/admin/products/${id}/stock`,
    },
  ],
]

const DAY = 86_400_000

function daysLeft(until: Date): string {
  const days = Math.ceil((until.getTime() - Date.now()) / DAY)
  if (days <= 0) return 'past its deadline'
  return days === 1 ? '1 day left' : `${days} days left`
}

export function homePages({ database, settings }: AdminDeps): Router {
  const router = Router()
  router.get('/admin', async (_request, response) => {
    const { timeZone, currency } = await settings()
    const [tasks, sales] = await Promise.all([
      readTasks(database.direct),
      readToday(database.direct, timeZone),
    ])
    const shown = TASKS.map(([name, { title, href, text, hrefOf }]): HomePage['tasks'][number] => {
      const { count, first } = tasks[name]
      return {
        ...{ id: name, title, href, count: count === MOST_COUNTED ? `${MOST_COUNTED - 1}+` : String(count) },
        rows: first.map((row) => ({
          text: text(row),
          href: hrefOf(row),
          at: row.at && formatDateTime(row.at, timeZone),
        })),
      }
    })
    const today = sales.length > 0 ? sales : [{ currency, orders: 0, revenue: 0n }]
    render(response, 'admin/home', {
      tasks: shown.filter(({ rows }) => rows.length > 0),
      done: shown.filter(({ rows }) => rows.length === 0).map(({ title }) => title),
      today: today.map(({ currency: paidIn, orders, revenue }) => ({
        currency: paidIn.toUpperCase(),
        ...{ orders, revenue: formatMoney(Number(revenue), paidIn) },
      })),
    })
  })
  return router
}
