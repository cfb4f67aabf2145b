// The public types: the options of a sandbox, and what a program can do with a running one.
import type { FaultName, FaultSettings } from './faults/settings.js'
import type { Log } from './log.js'

export interface SandboxOptions {
  /** Only a loopback address: the sandbox is for this machine. */
  host?: string
  /** 0, the default, takes any free port. */
  port?: number
  /** Where the state is kept. Without it, it is in memory only. */
  dir?: string
  /** The journal in `dir` is rewritten when it is larger than this, in bytes, and than four times what is alive. */
  compactAbove?: number
  /** The path of a Unix socket to listen on too; by default `stripe.sock` in `dir`, if there is one. */
  socket?: string
  log?: Log
  /** When a webhook that was not accepted is sent again, in seconds after the attempt before. */
  retryDelays?: number[]
  /** How long a bank debit is on its way. */
  delayedMethodSeconds?: number
  /** What goes wrong from the start; `faults.set` changes it. */
  faults?: FaultSettings
  /** How often `stripe listen` renews its connection, in seconds. */
  cliReconnectSeconds?: number
}

export interface Sandbox {
  url: string
  port: number
  /** The Unix socket, for `STRIPE_CLI_UNIX_SOCKET`; null where there is none. */
  socket: string | null
  secretKey: string
  publishableKey: string
  /** Signs what is delivered to the endpoints of `addWebhookEndpoint`, and what `stripe listen` forwards. */
  webhookSecret: string
  /** Adds an endpoint for the account of `secretKey`. The same URL again is the same endpoint. */
  addWebhookEndpoint(endpoint: {
    url: string
    enabledEvents?: string[]
    secret?: string
  }): Promise<{ id: string; secret: string }>
  /** Moves the sandbox's clock forward: sessions expire, debits arrive, deliveries are tried again. */
  advanceClock(seconds: number): void
  /** What goes wrong on demand. A restart forgets it. */
  faults: FaultControl
  /** Resolves when no delivery is on its way or due. */
  idle(): Promise<void>
  close(): Promise<void>
}

/** Faults on demand, for tests of how a shop bears them. */
export interface FaultControl {
  /** Replaces what was set before; what is not named is off, and the counts begin at nothing. */
  set(settings: FaultSettings): void
  clear(): void
  readonly settings: FaultSettings
  /** How often each has struck. */
  readonly counts: Partial<Record<FaultName, number>>
}
