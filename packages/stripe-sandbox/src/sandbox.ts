// The public types: the options of a sandbox, and what a program can do with a running one.
import type { FaultName, FaultSettings } from './faults/settings.js'
import type { Log } from './log.js'

export interface SandboxOptions {
  /** A loopback address (default: 127.0.0.1). Other addresses are refused. */
  host?: string
  /**
   * Host names to answer to besides 127.0.0.1, localhost and [::1], such as `host.docker.internal`. Requests to others are
   * refused, since a page of another site could have made them.
   */
  allowedHosts?: string[]
  /** 0, the default, chooses any free port. */
  port?: number
  /** The directory to keep the state in. Without one, the state is in memory only. */
  dir?: string
  /** The journal in `dir` is rewritten when it is larger than this (in bytes) and than four times the live data. */
  compactAbove?: number
  /** Path of a Unix socket to listen on as well (default: `stripe.sock` in `dir`, if `dir` is given). */
  socket?: string
  /** What pages call the business, read for each page. Without it, they show the host of `success_url`. */
  businessName?: () => string | undefined
  /** Receives log lines, for example a pino logger. Without one, nothing is logged. */
  log?: Log
  /** When a failed webhook delivery is retried, in seconds after the previous attempt. One retry per value. */
  retryDelays?: number[]
  /** How long a bank debit takes to succeed or fail, in seconds. */
  delayedMethodSeconds?: number
  /** Faults to start with; `faults.set` replaces them. */
  faults?: FaultSettings
  /** How long `stripe listen` keeps a connection before it opens a new one, in seconds. */
  cliReconnectSeconds?: number
}

export interface Sandbox {
  url: string
  port: number
  /** Path of the Unix socket, for `STRIPE_CLI_UNIX_SOCKET`; null without one. */
  socket: string | null
  secretKey: string
  publishableKey: string
  /** Signs deliveries to endpoints added with `addWebhookEndpoint`, and what `stripe listen` forwards. */
  webhookSecret: string
  /** Adds a webhook endpoint to the account of `secretKey`. Adding the same URL again returns the same endpoint. */
  addWebhookEndpoint(endpoint: {
    url: string
    enabledEvents?: string[]
    secret?: string
  }): Promise<{ id: string; secret: string }>
  /** Moves the sandbox's clock forward: sessions expire, debits arrive, deliveries are retried. */
  advanceClock(seconds: number): void
  /** Faults on demand. They are not kept over a restart. */
  faults: FaultControl
  /** Resolves when no delivery is running or due. */
  idle(): Promise<void>
  /** Stops listening, and closes the state directory. */
  close(): Promise<void>
}

/** Injects faults, to test how a program handles them. */
export interface FaultControl {
  /**
   * Replaces the settings. Faults that are not named are off. Resets the counts.
   * @throws RangeError for an unknown name or an invalid value
   */
  set(settings: FaultSettings): void
  /** Turns all faults off. */
  clear(): void
  readonly settings: FaultSettings
  /** How often each fault occurred since it was set. */
  readonly counts: Partial<Record<FaultName, number>>
}
