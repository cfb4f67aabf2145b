// Compares this machine's clock with the database's and Stripe's.
import { findingsOf, type Finding } from './finding.js'

const { ok, warning, fault } = findingsOf('clock')

/** Stripe's Date header has whole seconds. */
const NOTICED_MS = 3000
/** Beyond this, the shop takes Stripe's signatures for replays. */
const TOLERATED_MS = 300_000

const ADVICE = 'Run NTP: timedatectl set-ntp true. In a container, on its host.'

/** @param ahead how far each clock is ahead of this machine's, in milliseconds; null: it was not read */
export function checkClock(ahead: { stripe: number | null; database: number | null }): Finding[] {
  return [...compared('Stripe’s', ahead.stripe), ...compared('the database’s', ahead.database)]
}

function compared(whose: string, aheadMs: number | null): Finding[] {
  if (aheadMs === null) return []
  const seconds = Math.round(Math.abs(aheadMs) / 1000)
  const found = `This machine's clock is ${seconds} seconds ${aheadMs > 0 ? 'behind' : 'ahead of'} ${whose}.`
  if (Math.abs(aheadMs) >= TOLERATED_MS) return [fault(found, ADVICE)]
  if (Math.abs(aheadMs) >= NOTICED_MS) return [warning(found, ADVICE)]
  return [ok(`This machine's clock agrees with ${whose}.`)]
}
