// The logger that the sandbox writes to.

/** The part of a pino logger that the sandbox uses. */
export interface Log {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

export const silentLog: Log = { info: () => undefined, warn: () => undefined }
