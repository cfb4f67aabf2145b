// Opens the way to the mail server.
import type { Transporter } from 'nodemailer'
import type { Config } from '../config.js'

/**
 * Loads nodemailer, which a process that never sends does without. Without SMTP_URL, sending only renders the mail.
 * @param options.requireTls refuses a server that does not encrypt
 */
export async function openTransport(
  { smtpUrl, mailFrom }: Pick<Config, 'smtpUrl' | 'mailFrom'>,
  { requireTls = false } = {},
): Promise<Transporter> {
  const { createTransport } = await import('nodemailer')
  if (smtpUrl === null) return createTransport({ jsonTransport: true }, { from: mailFrom })
  return createTransport(
    {
      url: smtpUrl,
      pool: true,
      maxConnections: 2,
      connectionTimeout: 10_000,
      greetingTimeout: 10_000,
      socketTimeout: 30_000,
      ...(requireTls && { requireTLS: true }),
    },
    { from: mailFrom },
  )
}
