// Reads a text that somebody wrote in a form or on the command line.

/** With one kind of line break, and without other control characters, which would garble mails and terminals. */
export function writtenText(given: string): string {
  return given
    .normalize('NFC')
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n]/gu, '')
    .trim()
}
