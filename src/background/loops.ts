// Starts the background loops that send and repair. It is safe to run all of them in every process.
import { indexAgain } from '../catalog/index-again.js'
import { logErasures } from '../customers/erasure-journal.js'
import { finishDueErasures } from '../customers/finish-erasures.js'
import { updateDueCustomers } from '../customers/update-customers.js'
import type { Config } from '../config.js'
import type { Logger } from '../http/logging.js'
import { openIncident, resolveIncidents } from '../incidents/incidents.js'
import type { MailSender } from '../mail/mail-sender.js'
import type { PaymentDeps } from '../payments/payment-deps.js'
import { sendDueRefunds } from '../payments/send-refunds.js'
import { catchUpInTurn } from '../webhooks/catch-up.js'
import type { Inbox } from '../webhooks/inbox.js'
import { resealSecrets } from '../operators/reseal-secrets.js'
import { indexNextOrders } from '../orders/index-orders.js'
import { eraseOldBodies } from '../retention/erase-bodies.js'
import { repairInTurn } from '../repair/repair-shop.js'
import { reportIncidents } from '../outbox/incident-reports.js'
import { sendDueNotices } from '../stock-notices/send-notices.js'
import { expireAbandonedOrders } from './abandoned-orders.js'
import { backfill } from './backfill.js'
import { watchBacklogs } from './backlogs.js'
import { clockSkewReporter } from './clock-skew.js'
import { startLoop, type Loop, type LoopWatch } from './loop.js'
import { deleteExpiredRows } from './expired-rows.js'
import { numbersCounter } from './numbers.js'
import { settleOverdueAttempts } from './overdue-attempts.js'

export interface Loops {
  /** Sends mail that is due now. */
  wakeMail(): void
  stop(): Promise<void>
}

/**
 * @param config.backlogLimitSeconds for how long an event or mail may be due before a person is told
 */
export function startLoops(
  payments: PaymentDeps,
  inbox: Inbox,
  sender: MailSender,
  log: Logger,
  { backlogLimitSeconds, sessionSecrets }: Pick<Config, 'backlogLimitSeconds' | 'sessionSecrets'>,
): Loops {
  const { operatorEmail, database } = payments
  const { prisma } = database
  const watch: LoopWatch = {
    failing: (name, error) =>
      openIncident(prisma, { kind: 'loop_failing', subject: name, orderId: null, message: String(error) }),
    recovered: (name) => resolveIncidents(prisma, 'loop_failing', name),
  }
  /** @param work resolves to how much was done. More than nothing: there may be more to do */
  const start = (name: string, everySeconds: number, work: () => Promise<number>): Loop =>
    startLoop(name, everySeconds, async () => (await work()) > 0, log, watch)
  /** Work that is done in one go. */
  const once = (work: Promise<unknown>) => work.then(() => 0)
  const mail = start('mail', 2, () => sender.sendDue())
  const reportClock = clockSkewReporter(payments)
  const clock = start('clock', 60, () => once(reportClock()))
  payments.stripe.clock.onVerdict = () => clock.wake()
  const loops: Loop[] = [
    mail,
    clock,
    start('events', 5, () => inbox.retryDue()),
    start('catch-up', 60, () => once(catchUpInTurn({ ...payments, inbox }))),
    start('repair', 30, () => repairInTurn({ ...payments, inbox })),
    start('refunds', 30, () => sendDueRefunds(payments)),
    start('overdue attempts', 30, () => settleOverdueAttempts(payments)),
    start('abandoned orders', 3600, () => expireAbandonedOrders(prisma)),
    start('expired rows', 600, () => deleteExpiredRows(prisma)),
    start(
      'old bodies',
      600,
      unlessBusy(inbox, async () => eraseOldBodies(prisma, await payments.settings())),
    ),
    start('stock notices', 5, () => sendDueNotices(prisma)),
    start('product search', 2, () => indexAgain(prisma)),
    start('erasures', 30, () => finishDueErasures(payments)),
    start('erasure journal', 10, () => logErasures(prisma, log)),
    start('customer updates', 30, () => updateDueCustomers(payments)),
    start('backfill', 3600, backfill(prisma)),
    start('second factors', 3600, () => once(resealSecrets(prisma, sessionSecrets))),
    start(
      'order search',
      1,
      unlessBusy(inbox, () => once(indexNextOrders(prisma))),
    ),
    start('numbers', 2, unlessBusy(inbox, numbersCounter(prisma, payments.settings))),
    start('backlogs', 30, () => once(watchBacklogs(prisma, backlogLimitSeconds))),
    ...(operatorEmail === null
      ? []
      : [start('incident reports', 10, () => once(reportIncidents(database, operatorEmail)))]),
  ]
  return {
    wakeMail: () => mail.wake(),
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()))
      sender.close()
    },
  }
}

/** Turns that may be left out in a row. */
const MOST_SKIPPED = 30

/** Leaves the database to deliveries while some are handled. */
function unlessBusy(inbox: Inbox, turn: () => Promise<number>): () => Promise<number> {
  let skipped = 0
  return async () => {
    if (inbox.isBusy && skipped++ < MOST_SKIPPED) return 0
    skipped = 0
    return turn()
  }
}
