// Adds a product from the form of the admin.
import { createHash } from 'node:crypto'
import { allCategories } from '../catalog/admin-list.js'
import { addProduct } from '../catalog/manage-products.js'
import { MOST_PICTURES, NO_PICTURE, type GivenPicture } from '../catalog/product-pictures.js'
import type { EditErrors } from '../catalog/save-product.js'
import { MOST_STOCK } from '../catalog/adjust-stock.js'
import { problemOf } from '../catalog/product-problems.js'
import { translateCategory } from '../catalog/translate-category.js'
import type { Upload } from '../http/uploads.js'
import { Problem } from '../http/problem.js'
import { isCurrency } from '../money.js'
import type { AdminDeps } from './admin-deps.js'
import { newRequestKey, requestKeyOf, type Fields } from './forms.js'
import type { FormState } from './order-models.js'
import { readPrice, readShared, readWhole } from './product-form.js'
import { formPictures, takePictures } from './product-uploads.js'
import type { NewProductPage } from './products-models.js'
import { languageChoices } from './translation-form.js'

export async function newProductPage(
  deps: AdminDeps,
  form: FormState,
  pictures: readonly GivenPicture[],
): Promise<NewProductPage> {
  return {
    form,
    requestKey: requestKeyOf(form.values) ?? newRequestKey(),
    categories: await allCategories(deps.database.direct),
    languages: languageChoices(),
    pictures: formPictures(pictures),
    mostPictures: MOST_PICTURES,
  }
}

type Added = { id: number } | { form: FormState; pictures: GivenPicture[] }

export async function addProductFrom(
  deps: AdminDeps,
  fields: Fields,
  uploads: readonly Upload[],
): Promise<Added> {
  const { prisma } = deps.database
  const { pictureHosts } = await deps.settings()
  const errors: EditErrors = {}
  const { options, categoryTranslations, ...shared } = readShared(fields, errors)
  const currency = (fields['currency'] ?? '').toLowerCase()
  if (!isCurrency(currency)) errors['currency'] = 'Stripe has no such currency.'
  const unitAmount = isCurrency(currency) ? readPrice(fields['price'] ?? '', currency, 'price', errors) : 0
  const stock = readWhole(fields['stock'] ?? '', MOST_STOCK, 'stock', errors)
  const taking = { known: [], allowedHosts: pictureHosts, usualAlt: shared.name }
  const pictures = await takePictures(prisma, fields, uploads, taking, errors)
  const image = pictures[0]?.image ?? NO_PICTURE
  const refused = (): Added => ({
    form: { values: { ...fields, ...(errors['picture_url'] ? {} : { picture_url: '' }) }, errors },
    pictures,
  })
  if (Object.keys(errors).length > 0) return refused()
  const problem = await problemOf(prisma, { name: shared.name, image, unitAmount, currency })
  if (problem !== null) {
    errors[problem.startsWith('Its price') ? 'price' : /picture/.test(problem) ? 'pictures' : 'name'] =
      problem
    return refused()
  }
  try {
    const product = { ...shared, image, pictures, currency, unitAmount, stock }
    const requestKey = requestKeyOf(fields) === null ? null : contentKey(fields, pictures)
    const id = await addProduct(prisma, { ...product, requestKey }, options)
    if (Object.keys(categoryTranslations).length > 0)
      await prisma.$transaction((tx) => translateCategory(tx, shared.category, categoryTranslations))
    return { id }
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 409) throw error
    errors['options'] = error.detail
    return refused()
  }
}

/** The same for a form that is sent twice. Whoever goes back and changes the form adds another product. */
function contentKey(fields: Fields, pictures: readonly GivenPicture[]): string {
  return createHash('sha256')
    .update(JSON.stringify([fields, pictures]))
    .digest('hex')
}
