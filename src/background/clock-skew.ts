// Reports a clock that is further from Stripe's than Stripe tolerates, and takes the report back when it is right again.
import { hostname } from 'node:os'
import { openIncident, resolveIncidents } from '../incidents/incidents.js'
import type { PaymentDeps } from '../payments/payment-deps.js'

/** @returns the job: it writes an incident about this machine, or resolves it once the clock is measured and right */
export function clockSkewReporter({
  database: { prisma },
  stripe: { clock },
  log,
}: PaymentDeps): () => Promise<void> {
  const subject = hostname()
  let reported: boolean | undefined
  return async () => {
    const message = clock.problem()
    if (message === null && clock.skew() === null) return
    const isOff = message !== null
    if (isOff && !reported) log.error({ skewMs: clock.skew() }, message)
    if (!isOff && reported) log.info('the clock of this machine is right again')
    if (isOff) await openIncident(prisma, { kind: 'clock_skew', subject, orderId: null, message })
    // Also at the first measurement: an earlier process may have reported it.
    else if (reported !== false) await resolveIncidents(prisma, 'clock_skew', subject)
    reported = isOff
  }
}
