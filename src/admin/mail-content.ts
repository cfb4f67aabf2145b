// A mail as operators may see it, and sending it again, on the mail's page and on its order's.
import { z } from 'zod'
import type { Mail, PrismaClient } from '../generated/prisma/client.js'
import { Problem } from '../http/problem.js'
import { isSecret } from '../outbox/mail-kinds.js'
import { resendMail, versionOf } from '../outbox/resend-mail.js'

/** As it was sent, without what gives access to an account or an order. Null: not rendered, or not kept. */
export function contentOf({
  kind,
  text,
  html,
}: Pick<Mail, 'kind' | 'text' | 'html'>): { text: string; html: string } | null {
  if (isSecret(kind) || text === null || html === null) return null
  const withoutToken = (words: string) => words.replaceAll(/\?token=[\w-]+/g, '')
  return { text: withoutToken(text), html: withoutToken(html) }
}

const form = z.object({ version: z.string() })

/**
 * Sends a mail again if the form that asks for it has its version.
 * @returns the id of the mail that is due
 * @throws Problem 409 if it was sent again since, or can't be
 */
export async function resend(prisma: PrismaClient, mail: Mail, body: unknown): Promise<number> {
  if (isSecret(mail.kind))
    throw new Problem(
      409,
      'mail_secret',
      'This email can’t be sent again',
      'Its link is not kept. The shopper can ask for a new one.',
    )
  const isCurrent = form.safeParse(body).data?.version === versionOf(mail)
  const due = isCurrent ? await resendMail(prisma, mail) : null
  if (due === null)
    throw new Problem(
      409,
      'mail_changed',
      'This email was sent again already',
      'It has been sent again since the page was loaded. Nothing was sent now.',
    )
  return due
}
