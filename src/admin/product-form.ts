// The form of a product: its fields as texts, and what they mean.
import type { EditErrors, EditedProduct, ProductEdit, VariantEdit } from '../catalog/save-product.js'
import { optionsOf, readOptions, showOptions, wordsOf } from '../catalog/option-texts.js'
import { LONGEST_ALT, MOST_PICTURES, picturesOf, type GivenPicture } from '../catalog/product-pictures.js'
import { formatMoney, largestTotal, MoneyError, parseMoney, toDecimal } from '../money.js'
import type { OptionValues } from '../catalog/more-variants.js'
import type { Fields } from './forms.js'
import { readSpecifications, readText, type TextField } from './product-text-fields.js'
import { readTranslations, translationValues } from './translation-form.js'

/** The fields that a form of a product has, as they are typed. */
export function valuesOf(product: EditedProduct): Record<string, string> {
  const pictures = picturesOf(product)
  return {
    name: product.name,
    summary: product.summary,
    description: product.description,
    category: product.category,
    tax_code: product.taxCode ?? '',
    shipping: product.requiresShipping ? 'on' : '',
    active: product.active ? 'on' : '',
    specifications: product.specifications.join('\n'),
    ...translationValues(product),
    options: showOptions(optionsOf(product.options, product.variants)),
    ...Object.fromEntries(
      product.variants.flatMap(({ id, sku, unitAmount, currency, weight, active, image }) => [
        [`sku_${id}`, sku],
        [`price_${id}`, toDecimal(unitAmount, currency)],
        [`weight_${id}`, weight === null ? '' : String(weight)],
        [`active_${id}`, active ? 'on' : ''],
        [`picture_${id}`, image ?? ''],
      ]),
    ),
    pictures: JSON.stringify(pictures.map(({ image, pictureId, alt }) => ({ image, pictureId, alt }))),
  }
}

const MOST_GRAMS = 1_000_000

/**
 * Reads what all products have. Errors are added by the name of their field.
 * @param known the options that the product has already
 */
export function readShared(fields: Fields, errors: EditErrors, known: readonly OptionValues[] = []) {
  const text = (name: TextField) => readText(fields, name, name, errors)
  const name = text('name')
  if (name === '') errors['name'] = 'Give the product a name.'
  const specifications = readSpecifications(fields, 'specifications', errors)
  const taxCode = fields['tax_code']?.trim() ?? ''
  if (taxCode !== '' && !/^txcd_\d{8}$/.test(taxCode))
    errors['tax_code'] = 'Stripe’s codes are txcd_ and eight digits.'
  const options = readOptions(fields['options'] ?? '')
  if (typeof options === 'string') errors['options'] = options
  const words = wordsOf([...known, ...(typeof options === 'string' ? [] : options)])
  const { translations, categoryTranslations } = readTranslations(fields, words, errors)
  return {
    name,
    summary: text('summary'),
    description: text('description'),
    category: text('category') || 'Other',
    taxCode: taxCode === '' ? null : taxCode,
    requiresShipping: fields['shipping'] === 'on',
    active: fields['active'] === 'on',
    specifications,
    translations,
    categoryTranslations,
    options: typeof options === 'string' ? [] : options,
  }
}

/** Reads the form of a product that exists. */
export function readEdit(
  product: EditedProduct,
  fields: Fields,
  pictures: readonly GivenPicture[],
): { edit: ProductEdit; errors: EditErrors } {
  const errors: EditErrors = {}
  const shared = readShared(fields, errors, optionsOf(product.options, product.variants))
  const variants = product.variants.map((variant): VariantEdit => {
    const { id, currency } = variant
    const image = fields[`picture_${id}`] ?? ''
    return {
      id,
      sku: (fields[`sku_${id}`] ?? '').trim().slice(0, 200),
      unitAmount: readPrice(fields[`price_${id}`] ?? '', currency, `price_${id}`, errors),
      weight: readWhole(fields[`weight_${id}`] ?? '', MOST_GRAMS, `weight_${id}`, errors),
      active: fields[`active_${id}`] === 'on',
      // The picture may have been removed by the same form.
      image: pictures.some((picture) => picture.image === image) ? image : null,
    }
  })
  return { edit: { ...shared, variants, pictures: [...pictures] }, errors }
}

/** Minor units. 0 after an error. */
export function readPrice(text: string, currency: string, field: string, errors: EditErrors): number {
  try {
    const amount = parseMoney(text.trim(), currency)
    const most = largestTotal(currency)
    if (amount > most) errors[field] = `An order is at most ${formatMoney(most, currency)}.`
    return amount
  } catch (error) {
    if (!(error instanceof MoneyError)) throw error
    errors[field] = error.message
    return 0
  }
}

/** Null for an empty field. */
export function readWhole(text: string, most: number, field: string, errors: EditErrors): number | null {
  const trimmed = text.trim()
  if (trimmed === '') return null
  if (!/^\d{1,9}$/.test(trimmed) || Number(trimmed) > most) {
    errors[field] = `A whole number up to ${most}, or nothing.`
    return null
  }
  return Number(trimmed)
}

/** The pictures that the form has, in the order of their numbers, without those to be removed. */
export function readPictures(fields: Fields): GivenPicture[] {
  const given: (GivenPicture & { order: number })[] = []
  for (let index = 0; index < MOST_PICTURES * 2; index++) {
    const image = fields[`image_${index}`]
    if (image === undefined || image === '' || fields[`remove_${index}`] === 'on') continue
    const pictureId = fields[`stored_${index}`] ?? ''
    const alt = (fields[`alt_${index}`] ?? '').trim().slice(0, LONGEST_ALT)
    const order = Number(fields[`order_${index}`])
    given.push({
      ...{ image, alt, pictureId: pictureId === '' ? null : pictureId },
      order: Number.isFinite(order) ? order : index + 1,
    })
  }
  return given
    .sort((one, other) => one.order - other.order)
    .map(({ image, pictureId, alt }) => ({ image, pictureId, alt }))
}
