// The content of one of an order's events or mails, for the order's page.
import type { Request } from 'express'
import type { PrismaClient } from '../generated/prisma/client.js'
import { contentOf } from './mail-content.js'
import type { OpenRecord } from './order-models.js'
import { payloadText } from './replay-event.js'

/** The event or mail that the address names (?event=evt_…, ?mail=12), if it is this order's. */
export async function openRecordOf(
  prisma: PrismaClient,
  orderId: number,
  { query }: Pick<Request, 'query'>,
): Promise<OpenRecord | null> {
  const { event: eventId, mail: mailId } = query
  if (typeof eventId === 'string') {
    const event = await prisma.stripeEvent.findFirst({ where: { id: eventId, orderId } })
    return event && { id: event.id, kind: 'event', text: payloadText(event.payload), htmlHref: null }
  }
  if (typeof mailId !== 'string' || !/^[1-9]\d{0,8}$/.test(mailId)) return null
  const mail = await prisma.mail.findFirst({ where: { id: Number(mailId), orderId } })
  if (mail === null) return null
  const text = contentOf(mail)?.text ?? null
  return { id: mailId, kind: 'mail', text, htmlHref: text === null ? null : `/admin/mails/${mailId}/html` }
}
