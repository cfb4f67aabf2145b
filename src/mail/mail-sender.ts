// Sends due mail. Each row is claimed before it is sent, so several processes can send at once.
import type { Transporter } from 'nodemailer'
import { isErasedAddress } from '../accounts/erased-address.js'
import type { Config } from '../config.js'
import type { Database } from '../database/client.js'
import type { Mail } from '../generated/prisma/client.js'
import type { Logger } from '../http/logging.js'
import {
  claimDueMails,
  markFailed,
  markOutdated,
  markSent,
  nextTry,
  withoutAddresses,
} from '../outbox/due-mails.js'
import { isSecret, isTooOld } from '../outbox/mail-kinds.js'
import { renderMail } from './render-mail.js'
import { openTransport } from './transport.js'

export interface MailSender {
  /** Sends what is due now. Returns how many mails were claimed. */
  sendDue(): Promise<number>
  /** Resolves when this process has finished what it is sending now. */
  finishSending(): Promise<void>
  close(): void
}

export type MailConfig = Pick<Config, 'smtpUrl' | 'mailFrom' | 'baseUrl'>

/**
 * Creates the sender. Without SMTP_URL, which production requires, "sending" only renders a mail and keeps it for
 * /dev/mail.
 * @param learnVoucher asks Stripe whether an order's payment on its way waits for the shopper
 */
export function createMailSender(
  database: Database,
  config: MailConfig,
  log: Logger,
  learnVoucher: (orderId: number) => Promise<void>,
): MailSender {
  let transport: Promise<Transporter> | undefined
  const domain = /@([\w.-]+)/.exec(config.mailFrom)?.[1] ?? 'localhost'
  const { prisma } = database

  /** Without Stripe's answer the mail does not name a voucher. The order's page will. */
  async function prepare({ id, kind, orderId }: Mail): Promise<void> {
    if (kind !== 'payment_on_its_way' || orderId === null) return
    await learnVoucher(orderId).catch((error: unknown) => {
      log.warn({ err: error, mail: id }, 'Stripe could not be asked about a voucher')
    })
  }

  async function send(mail: Mail): Promise<void> {
    try {
      await prepare(mail)
      const rendered =
        isTooOld(mail) || isErasedAddress(mail.to) ? null : await renderMail(prisma, mail, config)
      if (rendered === null) {
        await markOutdated(prisma, mail)
        return
      }
      const { token, endUrl, ...words } = rendered
      transport ??= openTransport(config)
      await (
        await transport
      ).sendMail({
        to: mail.to,
        ...words,
        ...(endUrl !== undefined && { headers: endHeaders(endUrl) }),
        // The same for every attempt, so that a mailbox can recognize a duplicate if the server's response was lost.
        messageId: `<mail-${mail.id}.${mail.createdAt.getTime()}@${domain}>`,
      })
      // A link that proves who opens it is not kept once sent.
      const secret = isSecret(mail.kind) && config.smtpUrl !== null
      await markSent(prisma, mail, {
        subject: words.subject,
        ...(secret ? { data: {} } : kept(words, config.smtpUrl === null ? undefined : token)),
      })
    } catch (error) {
      const dueAt = nextTry(mail)
      const reason = withoutAddresses(error)
      log.warn({ reason, mail: mail.id, nextTry: dueAt }, 'a mail could not be sent')
      await markFailed(prisma, mail, error, dueAt)
    }
  }

  const sending = new Set<Promise<number>>()

  async function claimAndSend(): Promise<number> {
    const mails = await claimDueMails(database.direct)
    await Promise.all(mails.map(send))
    return mails.length
  }

  return {
    async sendDue() {
      const call = claimAndSend()
      sending.add(call)
      return call.finally(() => sending.delete(call))
    },
    async finishSending() {
      await Promise.allSettled(sending)
    },
    close: () => void transport?.then((opened) => opened.close()),
  }
}

/** With these, mail programs show a button that ends the mail (RFC 8058). */
function endHeaders(url: string): Record<string, string> {
  return { 'List-Unsubscribe': `<${url}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }
}

/** What is kept of a mail: not the token in its links. */
function kept({ text, html }: { text: string; html: string }, token: string | undefined) {
  const without = (words: string) => (token === undefined ? words : words.replaceAll(`?token=${token}`, ''))
  return { text: without(text), html: without(html) }
}
