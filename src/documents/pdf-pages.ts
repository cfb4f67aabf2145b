// Counts the pages of a PDF that someone else made.
import { inflateSync } from 'node:zlib'

/** What one compressed part may become, in bytes. */
const MOST_INFLATED = 32 * 1024 * 1024

/**
 * How many pages it has. Page objects are counted once each, also in compressed parts and in files that were changed by
 * appending to them.
 * @returns null when none can be read: the file is damaged, or protected by a password
 */
export function countPdfPages(bytes: Buffer): number | null {
  const text = bytes.toString('latin1')
  if (/\/Encrypt\s+\d+\s+\d+\s+R/.test(text)) return null
  const isPage = new Map<string, boolean>()
  for (const [, id = '', body = ''] of text.matchAll(
    /(?:^|[\r\n\s])(\d{1,10})\s+\d{1,5}\s+obj\b([^]*?)\bendobj\b/g,
  ))
    isPage.set(id, IS_PAGE.test(body.split(/\bstream\r?\n/)[0] ?? ''))
  let packed = 0
  for (const { index, 0: head } of text.matchAll(/\/ObjStm\b[^]{0,1000}?\bstream\r?\n/g))
    packed += pagesIn(inflated(bytes.subarray(index + head.length)))
  const count = [...isPage.values()].filter(Boolean).length + packed
  return count === 0 ? null : count
}

const IS_PAGE = /\/Type\s*\/Page(?![A-Za-z])/

function pagesIn(text: string): number {
  return text.match(new RegExp(IS_PAGE, 'g'))?.length ?? 0
}

/** What follows the end of the compressed data is ignored. */
function inflated(bytes: Buffer): string {
  try {
    return inflateSync(bytes, { maxOutputLength: MOST_INFLATED }).toString('latin1')
  } catch {
    return ''
  }
}
