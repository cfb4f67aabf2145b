// Refuses files that are a picture and something else at the same time. Pictures are encoded anew, so nothing of the file
// would be served. But nobody photographs with a script inside: whoever uploads it should know.
import { PictureError } from './picture-error.js'

/** Longer marks than four bytes: those would be in one of some hundred photos by chance. */
const MARKS: readonly [mark: RegExp | string, what: string][] = [
  [/<script/i, 'a script'],
  [/<\?php/i, 'a script'],
  [/<svg(?:>|[\s/][\x20-\x7e\s]{0,4000}>)/i, 'an SVG drawing'],
  [/<html[\s>]/i, 'a web page'],
  [/<!doctype html/i, 'a web page'],
  [/%PDF-\d/, 'a PDF document'],
  // The end of the archive, with its number of disk 0.
  ['PK\x05\x06\0\0\0\0', 'a ZIP archive'],
]

/** @throws PictureError */
export function refuseDisguised(content: Buffer): void {
  if (content.length === 0) throw new PictureError('The file is empty.')
  const text = content.toString('latin1')
  const found = MARKS.find(([mark]) => (typeof mark === 'string' ? text.includes(mark) : mark.test(text)))
  if (found)
    throw new PictureError(
      `The file has ${found[1]} in it, which pictures don’t have. Upload a JPEG, PNG, WebP, AVIF or GIF without it.`,
    )
}
