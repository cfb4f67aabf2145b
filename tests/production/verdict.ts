// What a fault did to the clients: one row of the printed table, and the checks that every fault must pass.
import { expect } from 'vitest'
import { audit } from './audit.js'
import { hasFailed, isAcknowledged, type Exchange } from './history.js'
import type { GeneratedOrders } from './generated-orders.js'
import type { Traffic } from './traffic.js'

export interface Row {
  fault: string
  sent: number
  acknowledged: number
  failed: number
  'recovered after s': number
  lost: number
  doubled: number
}

/** For the background loops. */
const SETTLED = { patienceSeconds: 60 }

/**
 * Compares the database with what was acknowledged so far.
 * @param began when the clients began, and `at` when the fault did, in the history's time
 * @param within seconds from the fault in which requests may fail
 */
export async function judge(
  fault: string,
  { began, at, within }: { began: number; at: number; within: number },
  traffic: Traffic,
  { ledger }: GeneratedOrders,
): Promise<Row> {
  const { history } = traffic
  const recovered = history.recoveryAfter(at) / 1000
  const found = await audit(ledger.database.pool, traffic, SETTLED)
  const exchanges = history.since(began)
  const row: Row = {
    fault,
    sent: exchanges.length,
    acknowledged: exchanges.filter(isAcknowledged).length,
    failed: exchanges.filter(hasFailed).length,
    'recovered after s': Math.round(recovered * 10) / 10,
    lost: found.lost.length,
    doubled: found.doubled.length,
  }
  console.log(JSON.stringify(row))
  expect([fault, found]).toEqual([fault, { lost: [], doubled: [], unsettled: [] }])
  expect(recovered, fault).toBeLessThanOrEqual(within)
  // Nothing is refused for any other reason, and nothing failed before.
  const refused = exchanges.filter((one) => !hasFailed(one) && !isAcknowledged(one) && !wasJustPaid(one))
  const early = exchanges.filter((one) => hasFailed(one) && one.at + one.took < at)
  expect([fault, refused, early]).toEqual([fault, [], []])
  return row
}

/** A payment that the shop could not settle at once is found when the same shopper buys again, and they are told. */
const wasJustPaid = ({ kind, status }: Exchange) => kind === 'checkout' && status === 409
