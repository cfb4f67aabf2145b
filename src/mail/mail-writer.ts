// The one place where a mail row is written, always in the transaction that gives cause for it.
import path from 'node:path'
import ejs from 'ejs'
import { projectRoot, shopName } from '../config.js'
import type { Transaction } from '../database/client.js'
import type { MailKind } from '../generated/prisma/enums.js'
import type { MailTemplates } from '../http/view-models.js'
import { loadOrder, orderView } from '../orders/order-view.js'

export type OrderMail = 'purchase_succeeded' | 'purchase_failed' | 'payment_on_its_way'

export interface MailWriter {
  /** One mail per order and kind, however often it is asked for. */
  aboutOrder(tx: Transaction, kind: OrderMail, orderId: number): Promise<void>
  /** Nothing when no OPERATOR_EMAIL is configured: the order is flagged all the same. */
  toOperator(tx: Transaction, orderId: number, reason: string): Promise<void>
  passwordReset(
    tx: Transaction,
    user: { email: string; name: string },
    resetUrl: string,
    validMinutes: number,
  ): Promise<void>
}

const ORDER_MAILS = {
  purchase_succeeded: {
    template: 'purchase-succeeded',
    subject: (number: string) => `Your order ${number} is paid`,
  },
  purchase_failed: {
    template: 'purchase-failed',
    subject: (number: string) => `Your payment for order ${number} did not go through`,
  },
  payment_on_its_way: {
    template: 'payment-on-its-way',
    subject: (number: string) => `Your payment for order ${number} is on its way`,
  },
} as const satisfies Record<OrderMail, { template: keyof MailTemplates; subject: (number: string) => string }>

export function createMailWriter(config: { baseUrl: string; operatorEmail: string | null }): MailWriter {
  const { baseUrl, operatorEmail } = config
  return {
    async aboutOrder(tx, kind, orderId) {
      if (await isWritten(tx, kind, orderId)) return
      const order = await loadOrder(tx, orderId)
      const { name } = await tx.user.findUniqueOrThrow({
        where: { id: order.userId },
        select: { name: true },
      })
      const view = orderView(order)
      const { template, subject } = ORDER_MAILS[kind]
      const mail = await renderMail(template, {
        shopName,
        name,
        order: view,
        orderUrl: `${baseUrl}/orders/${order.key}`,
        purchasesUrl: `${baseUrl}/account/purchases`,
      })
      await write(tx, { kind, orderId, to: order.email, subject: subject(view.number), ...mail })
    },

    async toOperator(tx, orderId, reason) {
      if (operatorEmail === null || (await isWritten(tx, 'operator_attention', orderId))) return
      const order = orderView(await loadOrder(tx, orderId))
      const mail = await renderMail('operator-attention', { shopName, order, reason })
      const subject = `Order ${order.number} needs your attention`
      await write(tx, { kind: 'operator_attention', orderId, to: operatorEmail, subject, ...mail })
    },

    async passwordReset(tx, user, resetUrl, validMinutes) {
      const mail = await renderMail('password-reset', { shopName, name: user.name, resetUrl, validMinutes })
      await write(tx, {
        kind: 'password_reset',
        orderId: null,
        to: user.email,
        subject: `Choose a new password at ${shopName}`,
        ...mail,
      })
    },
  }
}

async function isWritten(tx: Transaction, kind: MailKind, orderId: number): Promise<boolean> {
  return (
    (await tx.mail.findUnique({ where: { orderId_kind: { orderId, kind } }, select: { id: true } })) !== null
  )
}

async function write(
  tx: Transaction,
  mail: { kind: MailKind; orderId: number | null; to: string; subject: string; text: string; html: string },
): Promise<void> {
  await tx.mail.createMany({ data: mail, skipDuplicates: true })
}

async function renderMail<Name extends keyof MailTemplates>(
  template: Name,
  data: MailTemplates[Name],
): Promise<{ text: string; html: string }> {
  const file = (type: string) => path.join(projectRoot, 'views', 'mail', `${template}.${type}.ejs`)
  const [text, html] = await Promise.all([
    ejs.renderFile(file('txt'), data, { cache: true }),
    ejs.renderFile(file('html'), data, { cache: true }),
  ])
  return { text, html }
}
