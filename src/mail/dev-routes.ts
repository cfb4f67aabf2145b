// /dev/mail: shows mail in development without SMTP, to the developer at this machine only.
import { Router } from 'express'
import type { PrismaClient } from '../generated/prisma/client.js'
import { notFound } from '../http/problem.js'
import { isForDeveloper } from '../http/developer-page.js'
import type { MailSender } from './mail-sender.js'
import { render } from '../http/render.js'
import { formatDateTime } from '../messages/format-date.js'

/**
 * Mail contains password reset links, so it is shown on the developer's listener alone. The shop's own port leads there:
 * the address is of use to nobody at another machine.
 * @param sender renders mail that is still waiting when the list is opened, so that the list has all mail written before
 * @param developerPort of the developer's listener. Null before it listens
 * @param baseUrl of the shop, whose pictures mails have
 */
export function devMailRoutes(
  prisma: PrismaClient,
  sender: MailSender,
  developerPort: () => number | null,
  baseUrl: string,
): Router {
  const router = Router()
  router.use('/dev/mail', (request, response, next) => {
    const port = developerPort()
    if (isForDeveloper(request, port)) next()
    else if (port === null) throw notFound()
    else response.redirect(302, `http://127.0.0.1:${port}${request.originalUrl}`)
  })

  router.get('/dev/mail', async (_request, response) => {
    while ((await sender.sendDue()) > 0);
    // The mail loop may have claimed some just before.
    await sender.finishSending()
    const mails = await prisma.mail.findMany({
      // Those of erased customers have no subject any more.
      where: { sentAt: { not: null }, subject: { not: null } },
      orderBy: { id: 'desc' },
      take: 100,
    })
    render(response, 'mail/dev-list', {
      mails: mails.map((mail) => ({
        id: mail.id,
        to: mail.to,
        subject: mail.subject ?? '',
        at: formatDateTime(mail.createdAt),
        href: `/dev/mail/${mail.id}`,
      })),
    })
  })

  router.get('/dev/mail/:id', async (request, response) => {
    const mail = await mailOf(prisma, request.params.id)
    render(response, 'mail/dev-mail', {
      mail: {
        to: mail.to,
        subject: mail.subject ?? '',
        text: mail.text ?? '',
        at: formatDateTime(mail.createdAt),
      },
      htmlHref: `/dev/mail/${mail.id}/html`,
    })
  })

  router.get('/dev/mail/:id/html', async (request, response) => {
    const mail = await mailOf(prisma, request.params.id)
    // The mail's inline styles apply, but nothing in it may run or load.
    response.set(
      'Content-Security-Policy',
      `default-src 'none'; style-src 'unsafe-inline'; img-src 'self' ${new URL(baseUrl).origin} data:; frame-ancestors 'self'`,
    )
    response.type('html').send(mail.html ?? '')
  })
  return router
}

async function mailOf(prisma: PrismaClient, id: string) {
  const mail = /^[1-9]\d{0,8}$/.test(id) ? await prisma.mail.findUnique({ where: { id: Number(id) } }) : null
  // Mail that is waiting or became outdated has not been rendered.
  if (!mail?.sentAt) throw notFound('mail')
  return mail
}
