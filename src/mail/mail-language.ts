// The language of a mail: that of the request that caused it, else the one in which its order was placed, else the shopper's.
import type { Mail, PrismaClient } from '../generated/prisma/client.js'
import type { MailKind } from '../generated/prisma/enums.js'
import { isLanguage, OPERATORS_LANGUAGE, usualLanguage, type Language } from '../messages/index.js'

const TO_OPERATORS: ReadonlySet<MailKind> = new Set<MailKind>([
  'inquiry_opened',
  'dispute_opened',
  'dispute_closed',
  'operator_attention',
  'incident_report',
  'operator_invited',
  'new_order',
  'return_to_answer',
])

export function isToOperators(kind: MailKind): boolean {
  return TO_OPERATORS.has(kind)
}

export async function languageOfMail(
  prisma: PrismaClient,
  { kind, orderId, locale, to }: Pick<Mail, 'kind' | 'orderId' | 'locale' | 'to'>,
): Promise<Language> {
  if (isToOperators(kind)) return OPERATORS_LANGUAGE
  if (isLanguage(locale)) return locale
  const order =
    orderId === null
      ? null
      : await prisma.order.findUnique({
          where: { id: orderId },
          select: { locale: true, user: { select: { locale: true } } },
        })
  if (isLanguage(order?.locale)) return order.locale
  const user =
    order?.user ?? (await prisma.user.findUnique({ where: { email: to }, select: { locale: true } }))
  return isLanguage(user?.locale) ? user.locale : usualLanguage()
}
