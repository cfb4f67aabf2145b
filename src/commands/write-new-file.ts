// Writes a file piece by piece, never over one that is there.
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CommandError, UsageError } from './run.js'

/** @returns what to print */
export async function writeNewFile(
  file: string | undefined,
  parts: () => AsyncIterable<string>,
): Promise<string> {
  if (file === undefined) throw new UsageError('To which file?')
  await pipeline(Readable.from(parts()), createWriteStream(file, { flags: 'wx' })).catch((error: unknown) => {
    throw new CommandError(`The file could not be written: ${(error as Error).message}`)
  })
  return `Wrote ${file}.`
}
