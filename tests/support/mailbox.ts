// An SMTP server that keeps the mails it receives.
import { simpleParser, type ParsedMail } from 'mailparser'
import { SMTPServer } from 'smtp-server'

export interface Mailbox {
  url: string
  mails: ParsedMail[]
  /** Makes the server refuse recipients from now on. */
  refuse(refuse: boolean): void
  close(): Promise<void>
}

export function openMailbox(): Promise<Mailbox> {
  const mails: ParsedMail[] = []
  let refusing = false
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: (_address, _session, done) => done(refusing ? new Error('mailbox full') : null),
    onData(stream, _session, done) {
      simpleParser(stream).then(
        (mail) => {
          mails.push(mail)
          done()
        },
        (error: unknown) => done(error as Error),
      )
    },
  })
  server.on('error', () => undefined)
  return new Promise((resolve, reject) => {
    server.server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.server.address()
      const port = typeof address === 'object' && address ? address.port : 0
      resolve({
        url: `smtp://127.0.0.1:${port}`,
        mails,
        refuse: (refuse) => (refusing = refuse),
        close: () => new Promise((closed) => server.close(() => closed())),
      })
    })
  })
}
