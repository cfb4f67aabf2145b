// What every page is given to work with.
import type { Faults } from '../faults/faults.js'
import type { Log } from '../log.js'
import type { Account, Context } from '../state/account.js'

export interface PageDeps {
  context: Context
  /** The account of `secretKey`. */
  account: Account
  secretKey: string
  publishableKey: string
  webhookSecret: string
  advanceClock: (seconds: number) => void
  faults: Faults
  log: Log
}
