// Pictures to upload, harmless and hostile.
import { deflateSync, crc32 } from 'node:zlib'
import sharp from 'sharp'

const SQUARE = { create: { width: 30, height: 30, channels: 3, background: '#eee' } } as const

/** A square on a ground. Other colors make another picture. */
export function photo(
  format: 'jpeg' | 'png' | 'webp' | 'avif' | 'gif' | 'tiff' = 'jpeg',
  { width = 1200, height = 900, color = '#3a6b35' } = {},
): Promise<Buffer> {
  const picture = sharp({ create: { width, height, channels: 3, background: color } })
  return picture
    .composite([{ input: SQUARE, top: 20, left: 20 }])
    .toFormat(format)
    .toBuffer()
}

export const SVG_WITH_SCRIPT = Buffer.from(
  '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="900" height="900"><script>alert(1)</script><rect width="900" height="900"/></svg>',
)

/** A PNG of a few kilobytes that claims to have these dimensions, with all its pixels in one color. */
export function pngBomb(width: number, height: number): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([1, 0, 0, 0, 0], 8)
  const row = Math.ceil(width / 8) + 1
  const pixels = deflateSync(Buffer.alloc(row * height), { level: 9 })
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  checksum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, checksum])
}
