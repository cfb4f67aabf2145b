// Stores the shop's logo.
import type { PrismaClient } from '../generated/prisma/client.js'
import { sourcesOf, storePicture } from './store-picture.js'

/** @returns its path. @throws PictureError */
export async function storeLogo(prisma: PrismaClient, content: Buffer): Promise<string> {
  const picture = await storePicture(prisma, content)
  // WebP keeps a transparent background. It is shown small.
  const [smallest] = sourcesOf(picture)
    .filter(({ format }) => format === 'webp')
    .sort((one, other) => one.width - other.width)
  if (!smallest) throw new Error(`picture ${picture.id} has no WebP`)
  // Pictures that no product shows are removed after a week.
  await prisma.picture.update({ where: { id: picture.id }, data: { kept: true } })
  return smallest.address
}
