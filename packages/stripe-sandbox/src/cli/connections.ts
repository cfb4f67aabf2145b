// The WebSocket connections of the official CLI.
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocket, WebSocketServer } from 'ws'
import type { Log } from '../log.js'
import { Account, type Context } from '../state/account.js'
import type { CliSession } from '../state/records.js'
import { untilStored } from '../state/until-stored.js'
import { readMessage, type FromCli, type ToCli } from './messages.js'

/** A part of the sandbox that talks to CLI sessions that asked for its feature. */
export interface FeatureHandler {
  feature: string
  /** The CLI connected, for the first time or again: send it what it has not acknowledged. */
  connected: (account: Account, session: CliSession) => void
  received: (account: Account, session: CliSession, message: FromCli) => void
  /** The CLI was disconnected for too long, and its session ends. Runs in a transaction. */
  ended: (account: Account, session: CliSession) => void
}

/**
 * How long a CLI may be disconnected, in milliseconds. It takes one second to renew its connection, and tries every ten
 * seconds while the sandbox is not running.
 */
const LONGEST_ABSENCE = 30_000

/** In bytes: a message of the CLI holds an event and the shop's answer to it. */
const LARGEST_MESSAGE = 8 * 1024 * 1024

/** The CLI looks for exactly this text before it asks for a new session. */
const UNKNOWN_SESSION = JSON.stringify({ error: { message: 'Unknown WebSocket ID.' } })

/** Holds one WebSocket per CLI session. A session continues while its connection is renewed. */
export class CliConnections {
  private readonly server = new WebSocketServer({
    noServer: true,
    maxPayload: LARGEST_MESSAGE,
    handleProtocols: (protocols) => [...protocols][0] ?? false,
  })
  private readonly sockets = new Map<string, WebSocket>()
  private readonly absences = new Map<string, NodeJS.Timeout>()
  private readonly handlers: FeatureHandler[] = []
  private closed = false

  constructor(
    private readonly context: Context,
    private readonly log: Log,
  ) {
    const { store } = context
    for (const accountId of store.accountIds()) {
      for (const session of store.records(accountId, 'cli_session').oldestFirst())
        this.awaitConnection(session.id)
    }
    store.onCommit((changes) => {
      for (const [, kind, id, value] of changes) {
        if (kind === 'cli_session' && value !== null && !(value as CliSession).connected)
          this.awaitConnection(id)
      }
    })
  }

  addHandler(handler: FeatureHandler): void {
    this.handlers.push(handler)
  }

  isOpen(sessionId: string): boolean {
    return this.sockets.get(sessionId)?.readyState === WebSocket.OPEN
  }

  /** Sends nothing while the CLI is disconnected. */
  send(sessionId: string, message: ToCli): void {
    if (this.isOpen(sessionId)) this.sockets.get(sessionId)?.send(JSON.stringify(message))
  }

  /** Handles a WebSocket upgrade request. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const id = request.headers['websocket-id']
    const accountId = typeof id === 'string' ? this.context.store.accountOf('cli_session', id) : undefined
    if (typeof id !== 'string' || accountId === undefined || this.closed) {
      refuse(socket)
      return
    }
    this.server.handleUpgrade(request, socket, head, (opened) => this.open(accountId, id, opened))
  }

  close(): void {
    this.closed = true
    for (const timer of this.absences.values()) clearTimeout(timer)
    for (const socket of this.sockets.values()) socket.terminate()
  }

  private open(accountId: string, id: string, socket: WebSocket): void {
    const account = new Account(accountId, this.context)
    clearTimeout(this.absences.get(id))
    this.absences.delete(id)
    this.sockets.get(id)?.terminate()
    this.sockets.set(id, socket)
    socket.on('message', (data: Buffer) => this.receive(account, id, data.toString('utf8')))
    socket.on('error', (error) => this.log.warn({ err: error }, 'the connection to a Stripe CLI failed'))
    socket.on('close', () => {
      if (this.sockets.get(id) !== socket) return
      this.sockets.delete(id)
      if (!this.closed) this.awaitConnection(id)
    })
    const { store } = this.context
    untilStored(
      () => store.transaction(() => account.update('cli_session', id, { connected: true })),
      this.log,
    )
    const session = account.get('cli_session', id)
    for (const handler of this.handlersOf(session)) handler.connected(account, session)
  }

  private receive(account: Account, id: string, text: string): void {
    const session = account.find('cli_session', id)
    const message = readMessage(text)
    if (this.closed || !session || !message) return
    try {
      for (const handler of this.handlersOf(session)) handler.received(account, session, message)
    } catch (error) {
      this.log.warn({ err: error, message: message.type }, 'a message of a Stripe CLI could not be handled')
    }
  }

  /** Ends the session unless the CLI connects in time. Real time, not the sandbox's clock. */
  private awaitConnection(id: string): void {
    clearTimeout(this.absences.get(id))
    this.absences.set(id, setTimeout(() => this.giveUp(id), LONGEST_ABSENCE).unref())
  }

  private giveUp(id: string): void {
    this.absences.delete(id)
    const { store } = this.context
    const accountId = store.accountOf('cli_session', id)
    if (accountId === undefined) return
    const account = new Account(accountId, this.context)
    const session = account.get('cli_session', id)
    untilStored(
      () =>
        store.transaction(() => {
          for (const handler of this.handlersOf(session)) handler.ended(account, session)
          account.remove('cli_session', id)
        }),
      this.log,
    )
  }

  private handlersOf(session: CliSession): FeatureHandler[] {
    return this.handlers.filter((handler) => session.features.includes(handler.feature))
  }
}

function refuse(socket: Duplex): void {
  socket.on('error', () => socket.destroy())
  socket.end(
    [
      'HTTP/1.1 404 Not Found',
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(UNKNOWN_SESSION)}`,
      'Connection: close',
      '',
      UNKNOWN_SESSION,
    ].join('\r\n'),
  )
}
