// Stores uploaded pictures in the database.
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Picture, PrismaClient } from '../generated/prisma/client.js'
import { encodePicture, type EncodedFile, type PictureFormat } from './encode-picture.js'
import { pictureAddress } from './picture-address.js'

/** The most bytes of an uploaded picture. */
export const MOST_PICTURE_BYTES = 12 * 1024 * 1024

/** A file of a stored picture, without its bytes. */
export interface PictureSource {
  address: string
  format: PictureFormat
  width: number
  height: number
}

const sources = z.array(
  z.object({ address: z.string(), format: z.enum(['webp', 'jpeg']), width: z.int(), height: z.int() }),
)

/** What a picture was encoded to. */
export function sourcesOf({ files }: Pick<Picture, 'files'>): PictureSource[] {
  return sources.parse(files)
}

/** The width of the file that stands for a picture where only one address fits: in lists, orders, and on Stripe's page. */
const USUAL_WIDTH = 800

/** The address of a picture as a JPEG of the usual size. */
export function usualAddress(picture: Pick<Picture, 'files'>): string {
  const jpegs = sourcesOf(picture).filter(({ format }) => format === 'jpeg')
  const usual = jpegs.find(({ width }) => width >= USUAL_WIDTH) ?? jpegs.at(-1)
  if (!usual) throw new Error('A stored picture has no JPEG.')
  return usual.address
}

/**
 * Encodes and stores an uploaded picture. The same file is stored once.
 * @throws PictureError with a sentence, for what is no picture that we can show
 */
export async function storePicture(prisma: PrismaClient, content: Buffer): Promise<Picture> {
  const id = createHash('sha256').update(content).digest('hex')
  const known = await prisma.picture.findUnique({ where: { id } })
  if (known) return keep(prisma, known)
  const { width, height, files } = await encodePicture(content)
  const named = files.map((file) => ({ ...file, hash: hashOf(file) }))
  const picture = {
    ...{ id, width, height },
    files: named.map(({ hash, format, width: wide, height: high }) => ({
      ...{ format, width: wide, height: high },
      address: pictureAddress({ hash, format, width: wide }),
    })),
  }
  return prisma.$transaction(async (tx) => {
    // Someone else may have stored the same file meanwhile.
    const { count } = await tx.picture.createMany({ data: picture, skipDuplicates: true })
    if (count > 0)
      await tx.pictureFile.createMany({
        data: named.map(({ format, width: wide, hash, bytes }) => ({
          ...{ pictureId: id, format, width: wide, hash },
          bytes: new Uint8Array(bytes),
        })),
      })
    return tx.picture.findUniqueOrThrow({ where: { id } })
  })
}

/** Puts off the end of a picture that nothing shows yet. */
function keep(prisma: PrismaClient, { id }: Picture): Promise<Picture> {
  return prisma.picture.update({ where: { id }, data: { createdAt: new Date() } })
}

function hashOf({ bytes }: EncodedFile): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32)
}
