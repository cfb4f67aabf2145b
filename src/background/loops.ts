// The loops that send and repair, all safe to run in every process.
import type { Logger } from '../http/logging.js'
import type { MailSender } from '../mail/mail-sender.js'
import type { PaymentDeps } from '../payments/payment-deps.js'
import { sendDueRefunds } from '../payments/refunds.js'
import { catchUpInTurn } from '../webhooks/catch-up.js'
import type { Inbox } from '../webhooks/inbox.js'
import { expireForgottenOrders } from './forgotten-orders.js'
import { startLoop, type Loop } from './loop.js'
import { deleteOldCarts } from './old-carts.js'
import { settleOverdueAttempts } from './overdue-attempts.js'

export interface Loops {
  /** There may be mail to send right now. */
  wakeMail(): void
  stop(): Promise<void>
}

/** @param sender null without SMTP: the rows wait to be read at /dev/mail, or for a configuration that can send them */
export function startLoops(
  checkout: PaymentDeps,
  inbox: Inbox,
  sender: MailSender | null,
  log: Logger,
): Loops {
  const mail = sender && startLoop('mail', 2, async () => (await sender.sendDue()) > 0, log)
  const loops: Loop[] = [
    ...(mail ? [mail] : []),
    startLoop('events', 5, async () => (await inbox.retryDue()) > 0, log),
    startLoop('catch-up', 60, () => catchUpInTurn({ ...checkout, inbox }).then(() => false), log),
    startLoop('refunds', 30, async () => (await sendDueRefunds(checkout)) > 0, log),
    startLoop('overdue attempts', 30, async () => (await settleOverdueAttempts(checkout)) > 0, log),
    startLoop(
      'forgotten orders',
      3600,
      async () => (await expireForgottenOrders(checkout.database.prisma)) > 0,
      log,
    ),
    startLoop('old carts', 3600, async () => (await deleteOldCarts(checkout.database.prisma)) > 0, log),
  ]
  return {
    wakeMail: () => mail?.wake(),
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()))
      sender?.close()
    },
  }
}
