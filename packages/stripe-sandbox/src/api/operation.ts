// What an API operation is: its name, and the function that runs it.
import type { Account } from '../state/account.js'
import type { Checked } from '../wire.js'
import type { Upload } from './multipart-body.js'

/** The request that an operation answers. */
export interface Call {
  account: Account
  /** The id in the path, or an empty string. */
  id: string
  /** The path of the request: a list gives it as its `url`. */
  path: string
  /** The `Host` header of the request. */
  host: string
  /** Files that came with the request. */
  uploads: readonly Upload[]
}

export interface Operation {
  /** For example `GET /v1/refunds/{refund}`. The parameter table has an entry with the same name. */
  name: string
  run: (call: Call, parameters: Record<string, unknown>) => object
}

/** `P` is the SDK's type of the parameters. They are validated against it before `run` is called. */
export function operation<P>(name: string, run: (call: Call, parameters: Checked<P>) => object): Operation {
  return { name, run: (call, parameters) => run(call, parameters as Checked<P>) }
}

/** An answer that is not JSON. */
export class RawAnswer {
  constructor(
    readonly type: string,
    readonly bytes: Buffer,
  ) {}
}
