// Checks the mail server: whether it can be reached, encrypts, and accepts the user. Sends nothing.
import { isLoopback, type Config } from '../config.js'
import { openTransport } from '../mail/transport.js'
import { findingsOf, reasonOf, type Finding } from './finding.js'

const { ok, warning, fault } = findingsOf('mail')

type MailConfig = Pick<Config, 'smtpUrl' | 'mailFrom'>

export async function checkMail(config: MailConfig): Promise<Finding[]> {
  if (config.smtpUrl === null) return [ok('There is no mail server: mail is kept for /dev/mail.')]
  const { host, hostname } = new URL(config.smtpUrl)
  const encrypted = await verify(config, true)
  if (encrypted === null) return [ok(`The mail server ${host} encrypts, and accepts the user.`)]
  // Refused for another reason than that it does not encrypt?
  const plain = encrypted.code === 'EAUTH' ? encrypted : await verify(config, false)
  if (plain !== null) return [refused(host, plain)]
  if (isLoopback(hostname)) return [ok(`The mail server ${host} accepts mail, on this machine.`)]
  return [
    warning(
      `The mail server ${host} does not encrypt: anyone on the way reads mails, links to sign in, and the password.`,
      'Use a server with TLS: smtps://…:465, or smtp://…:587 with STARTTLS.',
    ),
  ]
}

interface MailError {
  code: string
  message: string
}

/** @returns why not, or null */
async function verify(config: MailConfig, requireTls: boolean): Promise<MailError | null> {
  const transport = await openTransport(config, { requireTls })
  try {
    await transport.verify()
    return null
  } catch (error) {
    return { code: String((error as NodeJS.ErrnoException).code), message: reasonOf(error) }
  } finally {
    transport.close()
  }
}

function refused(host: string, { code, message }: MailError): Finding {
  if (code === 'EAUTH')
    return fault(
      `The mail server ${host} refuses the user or the password in SMTP_URL.`,
      'Correct them. Write special characters of a password as in a URL: %40 for @, %3A for :, %2F for /.',
    )
  if (/certificate|self.signed|altnames/i.test(message))
    return fault(
      `The mail server ${host} has a certificate that is not trusted: ${message}`,
      'Use the name that is in its certificate, or correct the certificate.',
    )
  return fault(
    `The mail server ${host} can't be used: ${message}`,
    'Correct host and port in SMTP_URL, and allow the connection in the firewall. Many providers block port 25: use 587.',
  )
}
