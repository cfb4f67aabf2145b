// What an uploaded file is, by its content: its type, and how many pages it has.
import { inflateSync } from 'node:zlib'

/** The letters after the dot, as Stripe's `type` has them. Null: none that the sandbox knows. */
export function fileType(bytes: Buffer): 'pdf' | 'jpg' | 'png' | 'gif' | null {
  if (bytes.subarray(0, 1024).includes('%PDF-')) return 'pdf'
  if (bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]))) return 'jpg'
  if (bytes.subarray(0, 8).equals(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'))) return 'png'
  return bytes.subarray(0, 4).toString('latin1') === 'GIF8' ? 'gif' : null
}

const MOST_INFLATED = 16 * 1024 * 1024

/** How many pages a PDF has; an image has one. */
export function pagesOf(bytes: Buffer): number {
  if (fileType(bytes) !== 'pdf') return 1
  const text = bytes.toString('latin1')
  const packed = [...text.matchAll(/\/ObjStm\b[^]{0,500}?stream\r?\n/g)].map(({ index, 0: head }) =>
    inflated(bytes.subarray(index + head.length)),
  )
  const pages = [text, ...packed].flatMap((part) => part.match(/\/Type\s*\/Page(?![A-Za-z])/g) ?? [])
  return Math.max(1, pages.length)
}

/** What follows the end of the compressed data is ignored. */
function inflated(bytes: Buffer): string {
  try {
    return inflateSync(bytes, { maxOutputLength: MOST_INFLATED }).toString('latin1')
  } catch {
    return ''
  }
}
