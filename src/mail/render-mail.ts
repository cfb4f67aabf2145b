// A mail row in words: subject, text and HTML. Put together when it is sent, from what is true then.
import path from 'node:path'
import ejs from 'ejs'
import { projectRoot, SHOP_NAME, type Config } from '../config.js'
import type { PrismaClient, Mail } from '../generated/prisma/client.js'
import type { DisputeStatus, MailKind } from '../generated/prisma/enums.js'
import type { MailTemplates } from './view-models.js'
import { formatMoney } from '../money.js'
import type { OrderFacts, RefundFacts } from '../orders/order-facts.js'
import { formatDateTime } from '../messages/format-date.js'
import { isInquiry } from '../orders/order-status.js'
import { loadOrder, orderView } from '../orders/order-view.js'
import { isStillTrue } from '../payments/derive-order.js'
import { readOrder } from '../payments/order-store.js'

export interface RenderedMail {
  subject: string
  text: string
  html: string
}

type OrderKind = Exclude<MailKind, 'password_reset'>
type Template = Exclude<keyof MailTemplates, 'password-reset'>

const ORDER_MAILS: Record<
  OrderKind,
  { template: Template; subject: (number: string, isInquiry: boolean) => string }
> = {
  purchase_succeeded: {
    template: 'purchase-succeeded',
    subject: (number) => `Your order ${number} is paid`,
  },
  purchase_failed: {
    template: 'purchase-failed',
    subject: (number) => `Your payment for order ${number} did not go through`,
  },
  payment_on_its_way: {
    template: 'payment-on-its-way',
    subject: (number) => `Your payment for order ${number} is on its way`,
  },
  refund_succeeded: {
    template: 'refund-succeeded',
    subject: (number) => `Your refund for order ${number}`,
  },
  refund_failed: {
    template: 'refund-failed',
    subject: (number) => `Your refund for order ${number} did not arrive`,
  },
  inquiry_opened: {
    template: 'dispute-opened',
    subject: (number) => `A bank asks about order ${number}`,
  },
  dispute_opened: {
    template: 'dispute-opened',
    subject: (number) => `Order ${number} is disputed`,
  },
  dispute_closed: {
    template: 'dispute-closed',
    subject: (number, isInquiry) =>
      `The ${isInquiry ? 'inquiry' : 'dispute'} about order ${number} has ended`,
  },
  operator_attention: {
    template: 'operator-attention',
    subject: (number) => `Order ${number} needs your attention`,
  },
}

/** @returns null when the mail is not true any more and must not be sent */
export async function renderMail(
  prisma: PrismaClient,
  mail: Mail,
  { baseUrl }: Pick<Config, 'baseUrl'>,
): Promise<RenderedMail | null> {
  if (mail.kind === 'password_reset') {
    const data = mail.data as unknown as Omit<MailTemplates['password-reset'], 'shopName'>
    const words = await renderTemplate('password-reset', { shopName: SHOP_NAME, ...data })
    return { subject: `Choose a new password at ${SHOP_NAME}`, ...words }
  }
  if (mail.orderId === null) return null
  const facts = await readOrder(prisma, mail.orderId)
  if (!isStillTrue(mail, facts)) return null
  const row = await loadOrder(prisma, mail.orderId)
  const { name } = await prisma.user.findUniqueOrThrow({ where: { id: row.userId }, select: { name: true } })
  const order = orderView(row)
  const about = aboutDispute(facts, mail.about)
  const { template, subject } = ORDER_MAILS[mail.kind]
  const words = await renderTemplate(template, {
    shopName: SHOP_NAME,
    name,
    order,
    orderUrl: `${baseUrl}/orders/${row.key}`,
    purchasesUrl: `${baseUrl}/account/purchases`,
    reason: mail.about,
    ...aboutRefund(facts, mail.about),
    ...about,
  })
  return { subject: subject(order.number, about.dispute?.isInquiry ?? false), ...words }
}

function aboutRefund(order: OrderFacts, about: string) {
  const refund: RefundFacts | undefined = order.refunds.find(({ stripeRefundId }) => stripeRefundId === about)
  return { refundAmount: refund ? formatMoney(refund.amount, refund.currency) : '' }
}

/** How a dispute ended; one that has not needs no words for it. */
const OUTCOMES: Partial<Record<DisputeStatus, string>> = {
  warning_closed: 'The bank closed it without a dispute, and no money moved.',
  prevented: 'It was settled before it became a dispute.',
  won: 'You won: the money is yours again.',
  lost: 'You lost: the money stays with the shopper.',
}

function aboutDispute(order: OrderFacts, about: string) {
  const dispute = order.disputes.find(({ id }) => id === about)
  return {
    dispute: dispute
      ? {
          id: dispute.id,
          amount: formatMoney(dispute.amount, dispute.currency),
          reason: dispute.reason.replaceAll('_', ' '),
          isInquiry: isInquiry(dispute.status),
          outcome: OUTCOMES[dispute.status] ?? '',
          dueBy: dispute.evidenceDueBy ? formatDateTime(dispute.evidenceDueBy) : null,
        }
      : null,
  }
}

async function renderTemplate(
  template: keyof MailTemplates,
  data: object,
): Promise<{ text: string; html: string }> {
  const file = (type: string) => path.join(projectRoot, 'views', 'mail', `${template}.${type}.ejs`)
  const [text, html] = await Promise.all([
    ejs.renderFile(file('txt'), data, { cache: true }),
    ejs.renderFile(file('html'), data, { cache: true }),
  ])
  return { text, html }
}
