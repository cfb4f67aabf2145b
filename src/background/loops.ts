// Starts the background loops that send and repair. It is safe to run all of them in every process.
import type { Logger } from '../http/logging.js'
import type { MailSender } from '../mail/mail-sender.js'
import type { PaymentDeps } from '../payments/payment-deps.js'
import { sendDueRefunds } from '../payments/refunds.js'
import { catchUpInTurn } from '../webhooks/catch-up.js'
import type { Inbox } from '../webhooks/inbox.js'
import { reportIncidents } from '../outbox/incident-reports.js'
import { expireAbandonedOrders } from './abandoned-orders.js'
import { startLoop, type Loop } from './loop.js'
import { deleteExpiredCarts } from './expired-carts.js'
import { settleOverdueAttempts } from './overdue-attempts.js'

export interface Loops {
  /** Sends mail that is due now. */
  wakeMail(): void
  stop(): Promise<void>
}

/** @param sender null without SMTP in production: mail rows wait until SMTP_URL is set */
export function startLoops(
  payments: PaymentDeps,
  inbox: Inbox,
  sender: MailSender | null,
  log: Logger,
): Loops {
  const { operatorEmail } = payments
  const mail = sender && startLoop('mail', 2, async () => (await sender.sendDue()) > 0, log)
  const loops: Loop[] = [
    ...(mail ? [mail] : []),
    ...(operatorEmail === null
      ? []
      : [
          startLoop(
            'incident reports',
            10,
            () => reportIncidents(payments.database, operatorEmail).then(() => false),
            log,
          ),
        ]),
    startLoop('events', 5, async () => (await inbox.retryDue()) > 0, log),
    startLoop('catch-up', 60, () => catchUpInTurn({ ...payments, inbox }).then(() => false), log),
    startLoop('refunds', 30, async () => (await sendDueRefunds(payments)) > 0, log),
    startLoop('overdue attempts', 30, async () => (await settleOverdueAttempts(payments)) > 0, log),
    startLoop(
      'abandoned orders',
      3600,
      async () => (await expireAbandonedOrders(payments.database.prisma)) > 0,
      log,
    ),
    startLoop(
      'expired carts',
      3600,
      async () => (await deleteExpiredCarts(payments.database.prisma)) > 0,
      log,
    ),
  ]
  return {
    wakeMail: () => mail?.wake(),
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()))
      sender?.close()
    },
  }
}
