// Recognizes system errors by their code.

/** True for a system error with one of these codes, such as ENOENT. */
export function isCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}

/** For `.catch`: errors with these codes become undefined, every other error is thrown again. */
export const ignore =
  (...codes: string[]) =>
  (error: unknown): undefined => {
    if (!isCode(error, ...codes)) throw error
  }
