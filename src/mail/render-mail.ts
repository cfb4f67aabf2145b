// Renders a mail row as subject, text and HTML. Called when the mail is sent, so it shows the order's current state.
import path from 'node:path'
import ejs from 'ejs'
import { projectRoot, type Config } from '../config.js'
import type { PrismaClient, Mail } from '../generated/prisma/client.js'
import type { DisputeStatus, MailKind } from '../generated/prisma/enums.js'
import { greetingName } from '../accounts/greeting.js'
import { nameWithVariant } from '../catalog/variants.js'
import type { AccountMailKind } from '../outbox/write-mails.js'
import { asFirstSent } from '../outbox/resend-mail.js'
import type { MailTemplates, OrderMail, Sender } from './view-models.js'
import { formatMoney } from '../money.js'
import { paymentsOf, type OrderFacts } from '../orders/order-facts.js'
import { formatDateTime } from '../messages/format-date.js'
import { currentLanguage, t, withLanguage, type Messages } from '../messages/index.js'
import { pathIn, prefixOf } from '../http/language-paths.js'
import { listIncidents } from '../incidents/incidents.js'
import { subjectType, whatToDo } from '../incidents/kinds.js'
import { orderNumber } from '../orders/order-key.js'
import { isInquiry } from '../orders/order-status.js'
import { isTrueAfterPayment } from './true-after-payment.js'
import { loadOrder, orderView } from '../orders/order-view.js'
import type { OrderView } from '../orders/view-models.js'
import { isStillTrue, refundOf } from '../payments/derive-order.js'
import { readOrder } from '../payments/order-store.js'
import { languageOfMail } from './mail-language.js'
import { mailPicture } from './mail-picture.js'
import { orderLinks } from './order-links.js'
import { senderOf } from './sender.js'

export interface RenderedMail {
  subject: string
  text: string
  html: string
  /** In its links. Whoever has it can see the order. Missing in mail whose links open nothing by themselves. */
  token?: string
  /** Ends mail of this kind. Missing in mail that nobody can end. */
  endUrl?: string
}

export type OrderKind = Exclude<MailKind, AccountMailKind | 'incident_report'>
/** The templates whose model is no more than an `OrderMail`. */
type Template = {
  [Name in keyof MailTemplates]: OrderMail extends MailTemplates[Name] ? Name : never
}[keyof MailTemplates]
type ShipmentTemplate = 'shipment-sent' | 'shipment-delivered'
type ReturnTemplate =
  'return-requested' | 'return-to-answer' | 'return-accepted' | 'return-received' | 'return-declined'

interface OrderMailKind {
  template: Template | ShipmentTemplate | ReturnTemplate
  subject: (texts: Messages['mail'], order: OrderView, isInquiry: boolean) => string
}

export const ORDER_MAILS: Record<OrderKind, OrderMailKind> = {
  purchase_succeeded: {
    template: 'purchase-succeeded',
    subject: (texts, { number }) => texts.purchaseSucceeded.subject(number),
  },
  purchase_failed: {
    template: 'purchase-failed',
    subject: (texts, { number }) => texts.purchaseFailed.subject(number),
  },
  payment_on_its_way: {
    template: 'payment-on-its-way',
    subject: (texts, { number, voucher }) =>
      voucher === null ? texts.paymentOnItsWay.subject(number) : texts.payVoucher.subject(number),
  },
  refund_succeeded: {
    template: 'refund-succeeded',
    subject: (texts, { number }) => texts.refundSucceeded.subject(number),
  },
  refund_failed: {
    template: 'refund-failed',
    subject: (texts, { number }) => texts.refundFailed.subject(number),
  },
  inquiry_opened: {
    template: 'dispute-opened',
    subject: (texts, { number }) => texts.dispute.inquiryOpenedSubject(number),
  },
  dispute_opened: {
    template: 'dispute-opened',
    subject: (texts, { number }) => texts.dispute.openedSubject(number),
  },
  dispute_closed: {
    template: 'dispute-closed',
    subject: (texts, { number }, isInquiry) => texts.dispute.closedSubject(number, isInquiry),
  },
  new_order: {
    template: 'new-order',
    subject: (texts, { number, total }) => texts.newOrder.subject(number, total),
  },
  operator_attention: {
    template: 'operator-attention',
    subject: (texts, { number }) => texts.operatorAttention.subject(number),
  },
  order_canceled: {
    template: 'order-canceled',
    subject: (texts, { number }) => texts.orderCanceled.subject(number),
  },
  shipment_sent: {
    template: 'shipment-sent',
    subject: (texts, { number, state }) => texts.shipmentSent.subject(number, state === 'partly_shipped'),
  },
  shipment_delivered: {
    template: 'shipment-delivered',
    subject: (texts, { number, state }) => texts.shipmentDelivered.subject(number, state === 'delivered'),
  },
  return_requested: {
    template: 'return-requested',
    subject: (texts, { number }) => texts.returnRequested.subject(number),
  },
  return_to_answer: {
    template: 'return-to-answer',
    subject: (texts, { number }) => texts.returnToAnswer.subject(number),
  },
  return_accepted: {
    template: 'return-accepted',
    subject: (texts, { number }) => texts.returnAccepted.subject(number),
  },
  return_received: {
    template: 'return-received',
    subject: (texts, { number }) => texts.returnReceived.subject(number),
  },
  return_declined: {
    template: 'return-declined',
    subject: (texts, { number }) => texts.returnDeclined.subject(number),
  },
}

/**
 * In the language of the mail, or of what it is about.
 * @returns null when the mail is no longer true and must not be sent
 */
export async function renderMail(
  prisma: PrismaClient,
  mail: Mail,
  config: Pick<Config, 'baseUrl'>,
): Promise<RenderedMail | null> {
  const first = await asFirstSent(prisma, mail)
  return withLanguage(await languageOfMail(prisma, mail), () => renderInLanguage(prisma, first, config))
}

async function renderInLanguage(
  prisma: PrismaClient,
  mail: Mail,
  config: Pick<Config, 'baseUrl'>,
): Promise<RenderedMail | null> {
  const baseUrl = config.baseUrl + prefixOf(currentLanguage())
  const sender = await senderOf(prisma, config.baseUrl)
  const { kind } = mail
  if (isAccountMail(kind)) return renderAccountMail(prisma, { ...mail, kind }, sender, baseUrl)
  if (kind === 'incident_report') return renderIncidentReport(prisma, mail.id, sender)
  if (mail.orderId === null) return null
  const facts = await readOrder(prisma, mail.orderId)
  if (!isStillTrue(mail, facts)) return null
  const row = await loadOrder(prisma, mail.orderId)
  if (!isTrueAfterPayment(mail, row)) return null
  const user = row.userId === null ? null : await prisma.user.findUnique({ where: { id: row.userId } })
  const order = orderView(row)
  const about = aboutDispute(facts, mail.about)
  if (!(kind in ORDER_MAILS)) return null
  const { links, token } = await orderLinks(prisma, baseUrl, mail, row)
  const { template, subject } = ORDER_MAILS[kind]
  const model: OrderMail = {
    ...sender,
    name: user === null ? '' : greetingName(user),
    order,
    ...links,
    reason: mail.about,
    ...aboutRefund(facts, mail.about),
    ...about,
  }
  const rendered = await renderOrderMail(template, model, mail.about)
  if (rendered === null) return null
  const words = { subject: subject(t().mail, order, about.dispute?.isInquiry ?? false), ...rendered }
  return token === null ? words : { ...words, token }
}

/** What a mail about stock is written with. */
interface StockNoticeData {
  product: string
  variant: string
  path: string
  endPath: string
}

const ACCOUNT_MAILS: readonly MailKind[] = [
  'password_reset',
  'email_verification',
  'password_changed',
  'email_change',
  'email_changed',
  'operator_invited',
  'back_in_stock',
] satisfies AccountMailKind[]

function isAccountMail(kind: MailKind): kind is AccountMailKind {
  return ACCOUNT_MAILS.includes(kind)
}

/** @returns null when the order has no shipment or return of that name */
export function renderOrderMail(
  template: OrderMailKind['template'],
  model: OrderMail,
  about: string,
): Promise<{ text: string; html: string } | null> {
  switch (template) {
    case 'shipment-sent':
    case 'shipment-delivered': {
      const shipment = model.order.shipments.find(({ id }) => String(id) === about)
      return shipment ? renderTemplate(template, { ...model, shipment }) : Promise.resolve(null)
    }
    case 'return-requested':
    case 'return-to-answer':
    case 'return-accepted':
    case 'return-received':
    case 'return-declined': {
      const returned = model.order.returns.find(({ key }) => key === about)
      return returned ? renderTemplate(template, { ...model, returned }) : Promise.resolve(null)
    }
    default:
      return renderTemplate(template, model)
  }
}

/** How many incidents a report describes. It counts the others. */
const MAX_INCIDENTS = 30

async function renderIncidentReport(
  prisma: PrismaClient,
  mailId: number,
  sender: Sender,
): Promise<RenderedMail | null> {
  const where = { mailId, resolvedAt: null }
  const count = await prisma.incident.count({ where })
  if (count === 0) return null
  const incidents = await listIncidents(prisma, { mailId, open: true, limit: MAX_INCIDENTS })
  const rendered = await renderTemplate('incident-report', {
    ...sender,
    count,
    incidents: incidents.map(({ id, kind, subject, order, message, createdAt }) => ({
      id,
      message,
      since: formatDateTime(createdAt).text,
      about: [`${subjectType(kind)} ${subject}`, ...(order === null ? [] : [orderNumber(order.key)])].join(
        ', ',
      ),
      whatToDo: whatToDo({ kind, subject }),
    })),
    more: count - incidents.length,
  })
  return { subject: t().mail.incidentReport.subject(sender.shopName, count), ...rendered }
}

async function renderAccountMail(
  prisma: PrismaClient,
  { kind, to, data, createdAt }: Mail & { kind: AccountMailKind },
  sender: Sender,
  baseUrl: string,
): Promise<RenderedMail | null> {
  const texts = t().mail
  const user = await prisma.user.findUnique({ where: { email: to } })
  const common = { ...sender, name: user ? greetingName(user) : '' }
  switch (kind) {
    case 'password_reset': {
      const { resetUrl, validMinutes } = data as unknown as MailTemplates['password-reset']
      const rendered = await renderTemplate('password-reset', { ...common, resetUrl, validMinutes })
      return { subject: texts.passwordReset.subject(sender.shopName), ...rendered }
    }
    case 'email_verification': {
      const { verifyUrl, validHours } = data as unknown as MailTemplates['email-verification']
      const rendered = await renderTemplate('email-verification', { ...common, verifyUrl, validHours })
      return { subject: texts.emailVerification.subject(sender.shopName), ...rendered }
    }
    case 'email_change': {
      const { changeUrl, validHours } = data as unknown as MailTemplates['email-change']
      const rendered = await renderTemplate('email-change', { ...common, changeUrl, validHours })
      return { subject: texts.emailChange.subject(sender.shopName), ...rendered }
    }
    case 'email_changed': {
      const { changedAt } = data as unknown as MailTemplates['email-changed']
      const at = formatDateTime(new Date(changedAt)).text
      const rendered = await renderTemplate('email-changed', { ...common, changedAt: at })
      return { subject: texts.emailChanged.subject(sender.shopName), ...rendered }
    }
    case 'operator_invited': {
      const { role, invitationUrl, validDays } = data as unknown as MailTemplates['operator-invited']
      const rendered = await renderTemplate('operator-invited', { ...common, role, invitationUrl, validDays })
      return { subject: texts.operatorInvited.subject(sender.shopName), ...rendered }
    }
    case 'back_in_stock': {
      const { product, variant, path: productPath, endPath } = data as unknown as StockNoticeData
      const name = nameWithVariant(product, variant)
      const here = (path: string) => baseUrl + pathIn(currentLanguage(), path)
      const endUrl = here(endPath)
      const model = { ...sender, product: name, productUrl: here(productPath), endUrl }
      const rendered = await renderTemplate('back-in-stock', model)
      return { subject: t().notices.mail.subject(name), ...rendered, endUrl }
    }
    case 'password_changed': {
      const forgotUrl = `${baseUrl}/password/forgot`
      // Mails of the previous release have no data, and are as old as the password.
      const { changedAt: at } = data as { changedAt?: string }
      const changedAt = formatDateTime(at === undefined ? createdAt : new Date(at)).text
      const rendered = await renderTemplate('password-changed', { ...common, changedAt, forgotUrl })
      return { subject: texts.passwordChanged.subject(sender.shopName), ...rendered }
    }
  }
}

function aboutRefund(order: OrderFacts, about: string) {
  const refund = refundOf(order, about)
  if (!refund) return { refundAmount: '', refundedPayment: '', refundWasSent: false }
  const { paymentIntentId, stripeRefundId, amount, currency } = refund
  const payment = paymentsOf(order).find((known) => known.paymentIntentId === paymentIntentId)
  const refundAmount = formatMoney(amount, currency)
  return {
    refundAmount,
    refundedPayment: payment ? formatMoney(payment.amount, payment.currency) : refundAmount,
    refundWasSent: stripeRefundId !== null,
  }
}

function aboutDispute(order: OrderFacts, about: string) {
  const outcomes: Partial<Record<DisputeStatus, string>> = t().mail.dispute.outcome
  const dispute = order.disputes.find(({ id }) => id === about)
  return {
    dispute: dispute
      ? {
          id: dispute.id,
          amount: formatMoney(dispute.amount, dispute.currency),
          reason: dispute.reason.replaceAll('_', ' '),
          isInquiry: isInquiry(dispute.status),
          outcome: outcomes[dispute.status] ?? '',
          dueBy: dispute.evidenceDueBy ? formatDateTime(dispute.evidenceDueBy) : null,
        }
      : null,
  }
}

export async function renderTemplate<Name extends keyof MailTemplates>(
  template: Name,
  model: MailTemplates[Name],
): Promise<{ text: string; html: string }> {
  const file = (type: string) => path.join(projectRoot, 'views', 'mail', `${template}.${type}.ejs`)
  const { origin } = new URL(model.shopUrl)
  const pictureOf = (image: string) => mailPicture(image, origin)
  const data = { ...model, t: t(), strong, unbroken, pictureOf }
  const [text, html] = await Promise.all([
    ejs.renderFile(file('txt'), data, { cache: true }),
    ejs.renderFile(file('html'), data, { cache: true }),
  ])
  return { text, html }
}

/** A sentence as HTML, with these values in bold. The values come in the order in which the sentence has them. */
export function strong(sentence: string, ...values: (string | null)[]): string {
  return marked(sentence, values, '<strong>', '</strong>')
}

/** A sentence as HTML, with a value that is never broken into two lines, such as an order's number. */
export function unbroken(sentence: string, value: string): string {
  return marked(sentence, [value], '<span style="white-space:nowrap;">', '</span>')
}

function marked(sentence: string, values: (string | null)[], open: string, close: string): string {
  let html = ''
  let rest = sentence
  for (const value of values) {
    const at = value === null ? -1 : rest.indexOf(value)
    if (value === null || at < 0) continue
    html += `${ejs.escapeXML(rest.slice(0, at))}${open}${ejs.escapeXML(value)}${close}`
    rest = rest.slice(at + value.length)
  }
  return html + ejs.escapeXML(rest)
}
