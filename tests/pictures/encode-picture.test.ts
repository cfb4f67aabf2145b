// What uploaded files become, and which are refused with a sentence.
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { encodePicture } from '../../src/pictures/encode-picture.js'
import { PictureError } from '../../src/pictures/picture-error.js'
import { photo, pngBomb, SVG_WITH_SCRIPT } from '../support/pictures.js'

const MINUTE = 60_000

describe('a picture is encoded', () => {
  it.each(['jpeg', 'png', 'webp', 'avif', 'gif'] as const)('from %s', { timeout: MINUTE }, async (format) => {
    const { width, height, files } = await encodePicture(await photo(format))
    expect({ width, height }).toEqual({ width: 1200, height: 900 })
    expect(files.map((file) => [file.format, file.width, file.height])).toEqual([
      ['webp', 400, 300],
      ['jpeg', 400, 300],
      ['webp', 800, 600],
      ['jpeg', 800, 600],
      ['webp', 1200, 900],
      ['jpeg', 1200, 900],
    ])
    for (const file of files) expect((await sharp(file.bytes).metadata()).format).toBe(file.format)
  })

  it('upright, and without what the camera wrote into it', { timeout: MINUTE }, async () => {
    const turned = await sharp(await photo('jpeg', { width: 600, height: 400 }))
      .withExif({ IFD0: { Make: 'Camera of Anna' }, IFD3: { GPSLatitude: '48/1 12/1 0/1' } })
      .withMetadata({ orientation: 6 })
      .toBuffer()
    const { width, height, files } = await encodePicture(turned)
    expect({ width, height }).toEqual({ width: 400, height: 600 })
    for (const { bytes } of files) {
      const { exif, orientation, xmp, icc } = await sharp(bytes).metadata()
      expect({ exif, orientation, xmp, icc }).toEqual({})
      expect(bytes.includes('Anna')).toBe(false)
    }
  })

  it('of a photo that has the first bytes of other files by chance', { timeout: MINUTE }, async () => {
    const chance = Buffer.from('<svg\xff\x00<SVG \x90\x01PK\x05\x06\x81\x07\x22\x03', 'latin1')
    await encodePicture(Buffer.concat([await photo(), chance]))
  })

  it('without what follows the picture in its file', { timeout: MINUTE }, async () => {
    const file = Buffer.concat([await photo(), Buffer.from('a movie of the same moment')])
    for (const { bytes } of (await encodePicture(file)).files) expect(bytes.includes('movie')).toBe(false)
  })
})

describe('refuses with a sentence', () => {
  it.each<[string, () => Promise<Buffer> | Buffer, RegExp]>([
    ['an SVG with a script', () => SVG_WITH_SCRIPT, /script in it/],
    [
      'an SVG',
      () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      /SVG drawing/,
    ],
    [
      'a picture that is a web page too',
      async () => Buffer.concat([await photo(), Buffer.from('<script>alert(1)</script>')]),
      /script in it/,
    ],
    [
      'a picture that is an archive too',
      async () => Buffer.concat([await photo('gif'), Buffer.from('PK\x05\x06'), Buffer.alloc(18)]),
      /ZIP archive/,
    ],
    [
      'a picture that is a document too',
      async () => Buffer.concat([await photo('png'), Buffer.from('%PDF-1.4')]),
      /PDF document/,
    ],
    ['pixels that would fill the memory', () => pngBomb(9000, 9000), /more pixels than we read/],
    ['a side that is too long', () => pngBomb(20_000, 100), /more pixels than we read/],
    [
      'a picture of a few pixels',
      () => photo('png', { width: 100, height: 49 }).catch(() => pngBomb(100, 49)),
      /100 × 49 pixels/,
    ],
    ['half a picture', async () => (await photo()).subarray(0, 3000), /damaged/],
    ['a format that browsers don’t show', () => photo('tiff'), /can read/],
    ['a text', () => Buffer.from('not a picture'), /can read/],
    ['an empty file', () => Buffer.alloc(0), /empty/],
    [
      'noise behind the first bytes of a picture',
      () => Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(500, 7)]),
      /damaged|can read/,
    ],
  ])('%s', { timeout: MINUTE }, async (_what, make, sentence) => {
    const error: unknown = await encodePicture(await make()).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(PictureError)
    expect((error as PictureError).message).toMatch(sentence)
  })

  it('and then still reads the next picture', { timeout: MINUTE }, async () => {
    expect((await encodePicture(await photo('jpeg', { width: 300, height: 300 }))).files).toHaveLength(2)
  })
})
