// Pictures that are uploaded with the form of a product, or are given by their addresses.
import type { PrismaClient } from '../generated/prisma/client.js'
import type { EditErrors } from '../catalog/save-product.js'
import { MOST_PICTURES, type GivenPicture } from '../catalog/product-pictures.js'
import type { Upload, UploadLimits } from '../http/uploads.js'
import { checkPictureAddress } from '../pictures/allowed-picture.js'
import { PictureError } from '../pictures/picture-error.js'
import { MOST_PICTURE_BYTES, storePicture, usualAddress } from '../pictures/store-picture.js'
import type { Fields } from './forms.js'
import { readPictures } from './product-form.js'
import type { FormPicture } from './products-models.js'

const MEBIBYTE = 1024 * 1024

/** A product with 100 variants has a long form. */
export const PICTURE_UPLOADS: UploadLimits = {
  files: MOST_PICTURES,
  bytesPerFile: MOST_PICTURE_BYTES,
  bytes: 40 * MEBIBYTE,
  textBytes: 512 * 1024,
  fields: 1000,
}

/**
 * The pictures that the form has, with those that came with it. New ones are stored, so that a form with an error elsewhere
 * keeps them. What is wrong is added to the errors, as "pictures" and "picture_url".
 * @param known the product's own, which stay whatever hosts are allowed now
 */
export async function takePictures(
  prisma: PrismaClient,
  fields: Fields,
  uploads: readonly Upload[],
  options: { known: readonly GivenPicture[]; allowedHosts: readonly string[]; usualAlt: string },
  errors: EditErrors,
): Promise<GivenPicture[]> {
  const { known, allowedHosts, usualAlt } = options
  const wrong: string[] = []
  const taken: GivenPicture[] = []
  for (const picture of readPictures(fields)) {
    const checked = await checkGiven(prisma, picture, known, allowedHosts).catch(sentenceOf)
    if (typeof checked === 'string') wrong.push(checked)
    else taken.push(checked)
  }
  for (const { name, content } of uploads) {
    const stored =
      content === null
        ? `It has more than ${MOST_PICTURE_BYTES / MEBIBYTE} MB. Make it smaller, and upload that.`
        : await storePicture(prisma, content).catch(sentenceOf)
    if (typeof stored === 'string') wrong.push(`${name}: ${stored}`)
    else if (!taken.some(({ pictureId }) => pictureId === stored.id))
      taken.push({ image: usualAddress(stored), pictureId: stored.id, alt: usualAlt })
  }
  const url = fields['picture_url']?.trim() ?? ''
  if (url !== '') {
    try {
      checkPictureAddress(url, allowedHosts)
      if (!taken.some(({ image }) => image === url))
        taken.push({ image: url, pictureId: null, alt: usualAlt })
    } catch (error) {
      errors['picture_url'] = sentenceOf(error)
    }
  }
  if (taken.length > MOST_PICTURES)
    wrong.push(`A product can have up to ${MOST_PICTURES} pictures. Remove some.`)
  if (wrong.length > 0) errors['pictures'] = wrong.join(' ')
  return taken
}

async function checkGiven(
  prisma: PrismaClient,
  picture: GivenPicture,
  known: readonly GivenPicture[],
  allowedHosts: readonly string[],
): Promise<GivenPicture> {
  if (picture.pictureId !== null) {
    const stored = await prisma.picture.findUnique({ where: { id: picture.pictureId } })
    if (!stored) throw new PictureError('A picture was deleted meanwhile. Upload it again.')
    return { ...picture, image: usualAddress(stored) }
  }
  if (!known.some(({ image }) => image === picture.image)) checkPictureAddress(picture.image, allowedHosts)
  return picture
}

function sentenceOf(error: unknown): string {
  if (error instanceof PictureError) return error.message
  throw error
}

/** As the form shows them. */
export function formPictures(pictures: readonly GivenPicture[]): FormPicture[] {
  return pictures.map(({ image, pictureId, alt }, index) => ({ index, image, stored: pictureId ?? '', alt }))
}
