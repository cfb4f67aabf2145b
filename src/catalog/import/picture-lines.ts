// Pictures of products as lines of text: an address and, after a space, the text for those who can't see the picture.
import type { PrismaClient } from '../../generated/prisma/client.js'
import { readPictureName } from '../../pictures/picture-address.js'
import {
  LONGEST_ALT,
  MOST_PICTURES,
  NO_PICTURE,
  type GivenPicture,
  type StoredPicture,
} from '../product-pictures.js'

/** Clears a text, and the pictures beside the first one. */
const NONE = 'none'

/** Null: the line says nothing of the text. */
interface PictureLine {
  image: string
  alt: string | null
}

/** What the cells of a product say of its pictures. Undefined: nothing. */
export interface SaidOfPictures {
  image: string | undefined
  alt: string | undefined
  others: readonly string[] | undefined
}

export function pictureLine({ image, alt }: Pick<StoredPicture, 'image' | 'alt'>): string {
  return [image, alt.replace(/\s+/g, ' ').trim()].filter((part) => part !== '').join(' ')
}

export function readPictureLine(line: string): PictureLine {
  const [image = '', ...words] = line.trim().split(/\s+/)
  return { image, alt: words.length === 0 ? null : words.join(' ') }
}

/** The lines of a cell. */
export function linesOf(cell: string): string[] {
  return cell === NONE
    ? []
    : cell
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '')
}

/**
 * The pictures that a product has once it is as the cells say. What they don't say stays: a known picture also keeps its text.
 * @returns lines, or a sentence about what is wrong
 */
export function wantedPictures(said: SaidOfPictures, known: readonly StoredPicture[]): string[] | string {
  const image = said.image ?? known[0]?.image ?? NO_PICTURE
  const others: PictureLine[] =
    said.others?.map(readPictureLine) ??
    known
      .slice(1)
      .flatMap((picture) => (picture.image === image ? [] : [{ image: picture.image, alt: null }]))
  const all = [{ image, alt: said.alt ?? null }, ...others].filter((picture) => picture.image !== NO_PICTURE)
  const twice = all.find(({ image: one }, index) => all.findIndex((other) => other.image === one) < index)
  if (twice) return `The picture ${twice.image} is there twice.`
  if (all.length > MOST_PICTURES) return `A product can have up to ${MOST_PICTURES} pictures.`
  const long = all.find(({ alt }) => alt !== null && alt.length > LONGEST_ALT)
  if (long) return `The text of ${long.image} has ${long.alt?.length} characters: at most ${LONGEST_ALT}.`
  return all.map(({ image: address, alt }) => {
    const before = known.find((picture) => picture.image === address)?.alt ?? ''
    return pictureLine({ image: address, alt: alt === null ? before : alt === NONE ? '' : alt })
  })
}

/** The lines as pictures of a product, with the stored picture behind each address that has one. */
export async function picturesIn(
  prisma: Pick<PrismaClient, 'pictureFile'>,
  lines: readonly string[],
): Promise<GivenPicture[]> {
  const stored = await storedPictures(prisma, lines)
  return lines.map((line) => {
    const { image, alt } = readPictureLine(line)
    return { image, alt: alt ?? '', pictureId: stored.get(image) ?? null }
  })
}

/** Addresses of uploaded pictures that the shop does not have. */
export async function missingPictures(
  prisma: Pick<PrismaClient, 'pictureFile'>,
  lines: readonly string[],
): Promise<Set<string>> {
  const stored = await storedPictures(prisma, lines)
  const addresses = lines.map((line) => readPictureLine(line).image)
  return new Set(addresses.filter((image) => hashOf(image) !== null && !stored.has(image)))
}

/** The ids of stored pictures, by address. */
async function storedPictures(
  prisma: Pick<PrismaClient, 'pictureFile'>,
  lines: readonly string[],
): Promise<Map<string, string>> {
  const hashes = new Map(
    lines.flatMap((line) => {
      const { image } = readPictureLine(line)
      const hash = hashOf(image)
      return hash === null ? [] : [[image, hash] as const]
    }),
  )
  if (hashes.size === 0) return new Map()
  const files = await prisma.pictureFile.findMany({
    where: { hash: { in: [...new Set(hashes.values())] } },
    select: { hash: true, pictureId: true },
  })
  const ids = new Map(files.map(({ hash, pictureId }) => [hash, pictureId]))
  return new Map(
    [...hashes].flatMap(([image, hash]) => {
      const id = ids.get(hash)
      return id === undefined ? [] : [[image, id] as const]
    }),
  )
}

/** Null for an address that is not one of an uploaded picture. */
function hashOf(image: string): string | null {
  const [, file] = /^\/pictures\/(.+)$/.exec(image) ?? []
  return file === undefined ? null : (readPictureName(file)?.hash ?? null)
}
