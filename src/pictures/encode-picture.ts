// Turns an uploaded file into pictures for pages: checked by its content, upright, without metadata, in the sizes we show.
import pLimit from 'p-limit'
import type { Sharp, SharpOptions } from 'sharp'
import { PictureError } from './picture-error.js'
import { refuseDisguised } from './refuse-disguised.js'

/** The widths that pages ask for. Smaller pictures keep theirs. */
const WIDTHS = [400, 800, 1600]

/** What every browser shows, and what Stripe's page and mails show. AVIF takes ten times as long to make as WebP. */
const FORMATS = ['webp', 'jpeg'] as const
export type PictureFormat = (typeof FORMATS)[number]

export interface EncodedPicture {
  /** Pixels of the original, upright. */
  width: number
  height: number
  files: EncodedFile[]
}

export interface EncodedFile {
  format: PictureFormat
  width: number
  height: number
  bytes: Buffer
}

/** More than the largest cameras of phones have. */
const MOST_PIXELS = 60_000_000
const LONGEST_SIDE = 16_000
const SHORTEST_SIDE = 50
/** For one file in one format and size. */
const SECONDS = 20
const QUALITY = { webp: 80, jpeg: 82 }

/** libvips's readers of what we accept. All others, such as those of SVG, PDF and TIFF, are off. */
const READERS = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif'].flatMap((format) => [
  `VipsForeignLoad${format}Buffer`,
  `VipsForeignLoad${format}`,
])

const OPTIONS: SharpOptions = {
  limitInputPixels: MOST_PIXELS,
  failOn: 'error',
  sequentialRead: true,
  // The first frame of an animation.
  pages: 1,
}

/** One at a time: a picture takes as much memory as it has pixels. */
const inTurn = pLimit(1)
const MOST_WAITING = 30

/** @throws PictureError with a sentence, for what is no picture that we can show */
export async function encodePicture(content: Buffer): Promise<EncodedPicture> {
  if (inTurn.pendingCount >= MOST_WAITING)
    throw new PictureError('Too many pictures are being prepared at this moment. Try again in a minute.')
  refuseDisguised(content)
  return inTurn(async () => {
    const sharp = await loadSharp()
    try {
      return await encode(() => sharp(content, OPTIONS))
    } catch (error) {
      if (error instanceof PictureError) throw error
      throw new PictureError(sentenceFor(error), { cause: error })
    }
  })
}

async function encode(open: () => Sharp): Promise<EncodedPicture> {
  const { format, compression, autoOrient } = await open().metadata()
  if (format === 'heif' && compression !== 'av1')
    throw new PictureError('HEIC pictures can’t be read. Export it as a JPEG, and upload that.')
  const { width, height } = autoOrient
  if (Math.max(width, height) > LONGEST_SIDE || width * height > MOST_PIXELS)
    throw new PictureError(TOO_LARGE)
  if (Math.min(width, height) < SHORTEST_SIDE)
    throw new PictureError(
      `The picture has ${width} × ${height} pixels. Each side needs ${SHORTEST_SIDE} or more.`,
    )
  const widths = [...new Set(WIDTHS.map((wanted) => Math.min(wanted, width)))]
  const files: EncodedFile[] = []
  for (const wanted of widths) {
    for (const to of FORMATS) files.push(await encodeFile(open(), wanted, to))
  }
  return { width, height, files }
}

async function encodeFile(picture: Sharp, width: number, format: PictureFormat): Promise<EncodedFile> {
  const upright = picture
    .autoOrient()
    .resize({ width, withoutEnlargement: true })
    .timeout({ seconds: SECONDS })
  const encoded =
    format === 'webp'
      ? upright.webp({ quality: QUALITY.webp, effort: 4 })
      : upright.flatten({ background: '#ffffff' }).jpeg({ quality: QUALITY.jpeg, mozjpeg: true })
  const { data, info } = await encoded.toBuffer({ resolveWithObject: true })
  return { format, width: info.width, height: info.height, bytes: data }
}

const TOO_LARGE = `The picture has more pixels than we read: ${MOST_PIXELS / 1_000_000} million in all, and ${LONGEST_SIDE} on a side. Make it smaller, and upload that.`

/** What libvips's messages mean to whoever uploaded the file. */
function sentenceFor(error: unknown): string {
  const message = error instanceof Error ? error.message : ''
  if (/pixel limit|dimension|too large|too big/i.test(message)) return TOO_LARGE
  if (/timeout/i.test(message))
    return 'Preparing the picture took too long. Make it smaller, and upload that.'
  if (/unsupported image format|missing|not in a known format/i.test(message))
    return 'This isn’t a picture that we can read. Upload a JPEG, PNG, WebP, AVIF or GIF.'
  return 'The file is damaged. Open it on your device, export it again, and upload that.'
}

let loading: Promise<typeof import('sharp').default> | null = null

/** Loaded with the first picture: it takes time and memory that most processes never need. */
function loadSharp(): Promise<typeof import('sharp').default> {
  loading ??= import('sharp').then(({ default: sharp }) => {
    sharp.cache(false)
    sharp.concurrency(1)
    sharp.block({ operation: ['VipsForeignLoad'] })
    sharp.unblock({ operation: READERS })
    return sharp
  })
  return loading
}
