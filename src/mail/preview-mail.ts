// What each kind of mail looks like, with sample data: nothing is written or sent.
import type { PrismaClient } from '../generated/prisma/client.js'
import type { MailKind } from '../generated/prisma/enums.js'
import { prefixOf } from '../http/language-paths.js'
import { formatDateTime } from '../messages/format-date.js'
import { currentLanguage, t } from '../messages/index.js'
import {
  ORDER_MAILS,
  renderOrderMail,
  renderTemplate,
  type OrderKind,
  type RenderedMail,
} from './render-mail.js'
import { RETURN, sampleOrder, SHIPMENT } from './sample-order.js'
import { senderOf } from './sender.js'
import type { OrderMail, Sender } from './view-models.js'

const NAME = 'Ada'

export async function previewMail(
  prisma: PrismaClient,
  kind: MailKind,
  config: { baseUrl: string },
): Promise<RenderedMail> {
  const sender = await senderOf(prisma, config.baseUrl)
  const { shopName } = sender
  const baseUrl = config.baseUrl + prefixOf(currentLanguage())
  const texts = t().mail
  switch (kind) {
    case 'password_reset': {
      // Opens nothing.
      const model = { ...sender, name: NAME, resetUrl: `${baseUrl}/password/reset/example`, validMinutes: 60 }
      return {
        subject: texts.passwordReset.subject(shopName),
        ...(await renderTemplate('password-reset', model)),
      }
    }
    case 'email_verification': {
      const model = { ...sender, name: NAME, verifyUrl: `${baseUrl}/email/verify/example`, validHours: 24 }
      const rendered = await renderTemplate('email-verification', model)
      return { subject: texts.emailVerification.subject(shopName), ...rendered }
    }
    case 'email_change': {
      const model = { ...sender, name: '', changeUrl: `${baseUrl}/email/change/example`, validHours: 24 }
      const rendered = await renderTemplate('email-change', model)
      return { subject: texts.emailChange.subject(shopName), ...rendered }
    }
    case 'email_changed': {
      const changedAt = formatDateTime(new Date()).text
      const rendered = await renderTemplate('email-changed', { ...sender, name: '', changedAt })
      return { subject: texts.emailChanged.subject(shopName), ...rendered }
    }
    case 'back_in_stock': {
      const product = 'Stoneware mug'
      const links = { productUrl: `${baseUrl}/pricing/1`, endUrl: `${baseUrl}/stock-notices/example` }
      const rendered = await renderTemplate('back-in-stock', { ...sender, product, ...links })
      return { subject: t().notices.mail.subject(product), ...rendered }
    }
    case 'operator_invited': {
      const model = {
        ...sender,
        name: NAME,
        role: 'operator',
        invitationUrl: `${baseUrl}/invitations/example`,
        validDays: 7,
      }
      const rendered = await renderTemplate('operator-invited', model)
      return { subject: texts.operatorInvited.subject(shopName), ...rendered }
    }
    case 'password_changed': {
      const changedAt = formatDateTime(new Date()).text
      const model = { ...sender, name: NAME, changedAt, forgotUrl: `${baseUrl}/password/forgot` }
      return {
        subject: texts.passwordChanged.subject(shopName),
        ...(await renderTemplate('password-changed', model)),
      }
    }
    case 'incident_report': {
      const incident = {
        id: 1,
        message: 'checkout.session.completed: the session has no amount',
        since: formatDateTime(new Date()).text,
        about: 'event evt_example',
        whatToDo: 'Read the error and fix its cause. Then replay the event.',
      }
      const rendered = await renderTemplate('incident-report', {
        ...sender,
        count: 1,
        incidents: [incident],
        more: 0,
      })
      return { subject: texts.incidentReport.subject(shopName, 1), ...rendered }
    }
    default:
      return previewOrderMail(kind, sender, baseUrl)
  }
}

/** What each kind names beside its order. */
const ABOUT: Partial<Record<OrderKind, string>> = {
  shipment_sent: String(SHIPMENT),
  shipment_delivered: String(SHIPMENT),
  return_requested: RETURN,
  return_to_answer: RETURN,
  return_accepted: RETURN,
  return_received: RETURN,
  return_declined: RETURN,
  operator_attention: 'Paid twice: pi_example and pi_other.',
}

async function previewOrderMail(kind: OrderKind, sender: Sender, baseUrl: string): Promise<RenderedMail> {
  const { template, subject } = ORDER_MAILS[kind]
  const order = sampleOrder(kind)
  const orderUrl = `${baseUrl}/orders/${order.key}`
  const isInquiry = kind === 'inquiry_opened'
  const about = ABOUT[kind] ?? ''
  const model: OrderMail = {
    ...sender,
    name: NAME,
    order,
    orderUrl,
    receiptUrl: `${orderUrl}/receipt`,
    purchasesUrl: `${baseUrl}/account/purchases`,
    reason: about,
    refundAmount: order.total,
    refundedPayment: order.total,
    refundWasSent: true,
    dispute: {
      id: 'du_example',
      amount: order.total,
      reason: 'product not received',
      isInquiry,
      outcome: kind === 'dispute_closed' ? t().mail.dispute.outcome.won : '',
      dueBy: formatDateTime(new Date(Date.now() + 7 * 86_400_000)),
    },
  }
  const rendered = await renderOrderMail(template, model, about)
  if (rendered === null) throw new Error(`The sample order lacks what a mail ${kind} is about.`)
  return { subject: subject(t().mail, order, isInquiry), ...rendered }
}
