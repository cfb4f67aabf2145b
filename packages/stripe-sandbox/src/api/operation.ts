import type { Account } from '../state/account.js'
import type { Checked } from '../wire.js'

/** What an operation works with. */
export interface Call {
  account: Account
  /** The id in the path, or an empty text when there is none. */
  id: string
  /** The path as it was asked for, which a list names as its `url`. */
  path: string
  /** What the caller calls the sandbox: the `Host` of its request. */
  host: string
}

export interface Operation {
  /** For example `GET /v1/refunds/{refund}`. Its parameters are listed under the same name. */
  name: string
  run: (call: Call, parameters: Record<string, unknown>) => object
}

/** `P` is the SDK's type of the parameters: they were checked against that very type before `run` is called. */
export function operation<P>(name: string, run: (call: Call, parameters: Checked<P>) => object): Operation {
  return { name, run: (call, parameters) => run(call, parameters as Checked<P>) }
}
