// Mails: what waits, what was given up, what was sent, sending one again, and what each kind looks like.
import { Router, type Request, type Response } from 'express'
import { z } from 'zod'
import { canonicalEmail } from '../accounts/email-address.js'
import type { MailKind } from '../generated/prisma/enums.js'
import { notFound } from '../http/problem.js'
import { render } from '../http/render.js'
import { isToOperators } from '../mail/mail-language.js'
import { previewMail } from '../mail/preview-mail.js'
import { LANGUAGES, MESSAGES, OPERATORS_LANGUAGE, withLanguage, type Language } from '../messages/index.js'
import { orderNumber } from '../orders/order-key.js'
import { isMailKind, isSecret, KNOWN_KINDS } from '../outbox/mail-kinds.js'
import {
  findMail,
  listMails,
  MAIL_STATES,
  mailStateOf,
  type ListedMail,
  type MailOfOrder,
  type MailState,
} from '../outbox/mail-list.js'
import { versionOf } from '../outbox/resend-mail.js'
import type { AdminDeps } from './admin-deps.js'
import { doneNotice } from './done.js'
import { keyList, readIdCursor, ROWS_TO_READ } from './key-list.js'
import { contentOf, resend } from './mail-content.js'
import type { MailRow } from './mails-models.js'
import { rowId } from './row-id.js'
import { orderHref } from './subject-links.js'
import { formatDateTime } from './times.js'

const PATH = '/admin/mails'

/** A mail's inline styles apply, but nothing in it may run or load from elsewhere. */
const MAIL_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"

const TONES: Record<MailState, string> = { sent: 'good', waiting: 'warn', failed: 'wrong', outdated: '' }

const filters = z.object({
  state: z.enum(MAIL_STATES).optional().catch(undefined),
  kind: z.enum(KNOWN_KINDS).optional().catch(undefined),
  to: z.string().trim().max(254).catch(''),
})

export function mailPages({ database: { prisma }, settings, stripe }: AdminDeps): Router {
  const router = Router()

  router.get(PATH, async (request, response) => {
    const { state, kind, to } = filters.parse(request.query)
    const after = readIdCursor(request.query)
    const recipient = to === '' ? undefined : (canonicalEmail(to) ?? to)
    const [{ timeZone }, mails] = await Promise.all([
      settings(),
      listMails(prisma, { state, kind, to: recipient }, after, ROWS_TO_READ),
    ])
    const { rows, ...links } = keyList(mails, PATH, request.query, ({ id }) => [id])
    render(response, 'admin/mails', {
      list: { rows: rows.map((mail) => mailRow(mail, timeZone)), ...links },
      filter: { state: state ?? '', kind: kind ?? '', to },
      hasFilter: state !== undefined || kind !== undefined || to !== '',
      states: MAIL_STATES,
      kinds: KNOWN_KINDS,
    })
  })

  router.get(`${PATH}/preview`, (_request, response) => {
    response.redirect(303, `${PATH}/preview/${KNOWN_KINDS[0]}`)
  })

  router.get(`${PATH}/preview/:kind`, async (request, response) => {
    const shown = kindOf(request.params.kind)
    const language = previewLanguage(shown, request)
    const { subject, text } = await withLanguage(language, () => previewMail(prisma, shown, stripe))
    const href = (kind: MailKind, part = '') => `${PATH}/preview/${kind}${part}?language=${language}`
    render(response, 'admin/mail-previews', {
      kinds: KNOWN_KINDS.map((kind) => ({ kind, href: href(kind), isShown: kind === shown })),
      previewLanguages: languagesOf(shown).map((code) => ({
        name: MESSAGES[code].languageName,
        href: `${PATH}/preview/${shown}?language=${code}`,
        isShown: code === language,
      })),
      subject,
      text,
      htmlHref: href(shown, '/html'),
    })
  })

  router.get(`${PATH}/preview/:kind/html`, async (request, response) => {
    const shown = kindOf(request.params.kind)
    const { html } = await withLanguage(previewLanguage(shown, request), () =>
      previewMail(prisma, shown, stripe),
    )
    sendHtml(response, html)
  })

  router.get(`${PATH}/:id`, async (request, response) => {
    const [{ timeZone }, mail] = await Promise.all([settings(), mailOf(request.params.id)])
    const { id, attempts, sentAt, dueAt, kind, resendOf } = mail
    const content = contentOf(mail)
    render(response, 'admin/mail', {
      notice: doneNotice(request.query, { resent: 'The email is sent within seconds.' }),
      mail: {
        ...mailRow({ ...mail, orderKey: mail.order?.key ?? null }, timeZone),
        attempts,
        sentAt: sentAt && formatDateTime(sentAt, timeZone),
        nextTry: dueAt && formatDateTime(dueAt, timeZone),
        text: content?.text ?? null,
        htmlHref: content === null ? null : `${PATH}/${id}/html`,
        isSecret: isSecret(kind),
        version: versionOf(mail),
        firstHref: resendOf === null ? null : `${PATH}/${resendOf}`,
      },
    })
  })

  router.get(`${PATH}/:id/html`, async (request, response) => {
    const content = contentOf(await mailOf(request.params.id))
    if (content === null) throw notFound()
    sendHtml(response, content.html)
  })

  router.post(`${PATH}/:id/resend`, async (request, response) => {
    const due = await resend(prisma, await mailOf(request.params.id), request.body)
    response.redirect(303, `${PATH}/${due}?done=resent`)
  })

  async function mailOf(id: string): Promise<MailOfOrder> {
    const mail = await findMail(prisma, rowId(id))
    if (mail === null) throw notFound()
    return mail
  }
  return router
}

function kindOf(text: string): MailKind {
  if (!isMailKind(text)) throw notFound()
  return text
}

/** Operators read English. */
function languagesOf(kind: MailKind): readonly Language[] {
  return isToOperators(kind) ? [OPERATORS_LANGUAGE] : LANGUAGES
}

function previewLanguage(kind: MailKind, { query }: Request): Language {
  const wanted = query['language']
  return languagesOf(kind).find((language) => language === wanted) ?? OPERATORS_LANGUAGE
}

function sendHtml(response: Response, html: string): void {
  response.set('Content-Security-Policy', MAIL_POLICY)
  response.type('html').send(html)
}

function mailRow(mail: ListedMail, timeZone: string): MailRow {
  const { id, kind, to, subject, createdAt, lastError, orderKey } = mail
  const state = mailStateOf(mail)
  return {
    id,
    kind,
    to,
    subject: subject ?? '',
    state,
    tone: TONES[state],
    writtenAt: formatDateTime(createdAt, timeZone),
    lastError: lastError ?? '',
    order: orderKey === null ? null : { number: orderNumber(orderKey), href: orderHref(orderKey) },
  }
}
