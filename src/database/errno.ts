// Tells errors apart by their `code`.

/** Whether this is an error with one of these codes, such as ENOENT. */
export function isCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}

/** A handler for `.catch` that turns errors with these codes into undefined and rethrows all others. */
export const ignore =
  (...codes: string[]) =>
  (error: unknown): undefined => {
    if (!isCode(error, ...codes)) throw error
  }
