// Builds the page on which a product is edited.
import { allCategories } from '../catalog/admin-list.js'
import { MOST_PICTURES, type GivenPicture } from '../catalog/product-pictures.js'
import type { EditedProduct } from '../catalog/save-product.js'
import { variantName } from '../catalog/variants.js'
import type { Notice } from '../http/view-models.js'
import { taxBehaviorOfPrices, usablePrice } from '../payments/stripe-prices.js'
import type { AdminDeps } from './admin-deps.js'
import { newRequestKey } from './forms.js'
import type { FormState } from './order-models.js'
import { valuesOf } from './product-form.js'
import { formPictures } from './product-uploads.js'
import { languageChoices } from './translation-form.js'
import type { EditProductPage, MeanwhileChange } from './products-models.js'
import { formatDateTime } from './times.js'

const SHOWN_CHANGES = 10

export interface PageState {
  form: FormState
  pictures: readonly GivenPicture[]
  /** The fields as the form was opened, and the product's revision then. */
  base: Readonly<Record<string, string>>
  revision: number
  notice: Notice | null
  changes: MeanwhileChange[] | null
}

export async function editPage(
  deps: AdminDeps,
  product: EditedProduct,
  state: PageState,
): Promise<EditProductPage> {
  const { prisma, direct } = deps.database
  const settings = await deps.settings()
  const { timeZone } = settings
  const [categories, entries] = await Promise.all([
    allCategories(direct),
    prisma.auditEntry.findMany({
      where: { subject: 'product', subjectId: String(product.id) },
      orderBy: { id: 'desc' },
      take: SHOWN_CHANGES,
    }),
  ])
  const people = await prisma.user.findMany({
    where: { id: { in: entries.flatMap(({ actorId }) => actorId ?? []) } },
    select: { id: true, name: true },
  })
  const whoOf = (actorId: number | null) => people.find(({ id }) => id === actorId)?.name ?? 'A command'
  const [last] = entries
  return {
    notice: state.notice,
    id: product.id,
    name: product.name,
    isActive: product.active,
    isForSale: !product.offSale,
    form: state.form,
    copyKey: newRequestKey(),
    hidden: { revision: String(state.revision), base: JSON.stringify(state.base) },
    categories,
    languages: languageChoices(),
    pictures: formPictures(state.pictures),
    mostPictures: MOST_PICTURES,
    currency: product.currency.toUpperCase(),
    variants: product.variants.map((variant) => ({
      id: variant.id,
      name: variantName(variant) || product.name,
      stock: variant.stock === null ? 'Not counted' : String(variant.stock),
      isLow: variant.isLow,
      stripePrice:
        variant.stripePriceId === null
          ? null
          : {
              id: variant.stripePriceId,
              isUsed: usablePrice(variant, taxBehaviorOfPrices(settings)) !== null,
            },
    })),
    conflict:
      state.changes === null
        ? null
        : {
            who: last ? whoOf(last.actorId) : 'Somebody',
            at: last ? formatDateTime(last.at, timeZone) : null,
            changes: state.changes,
          },
    history: entries.map(({ at, actorId, action, fields }) => ({
      at: formatDateTime(at, timeZone),
      who: whoOf(actorId),
      fields: action === 'product.added' ? 'added' : fields.join(', '),
    })),
  }
}

/** The form as it is opened. */
export function openedForm(product: EditedProduct, notice: Notice | null): PageState {
  const base = valuesOf(product)
  return {
    form: { values: base, errors: {} },
    pictures: picturesIn(base['pictures']),
    base,
    revision: product.revision,
    notice,
    changes: null,
  }
}

/** Pictures as a field has them. */
export function picturesIn(text: string | undefined): GivenPicture[] {
  return JSON.parse(text ?? '[]') as GivenPicture[]
}

const LABELS: Record<string, string> = {
  name: 'Name',
  summary: 'Summary',
  description: 'Description',
  category: 'Category',
  tax_code: 'Tax code',
  shipping: 'Needs delivery',
  active: 'On sale',
  specifications: 'Specifications',
  options: 'Options',
  pictures: 'Pictures',
  sku: 'SKU',
  price: 'Price',
  weight: 'Weight',
  picture: 'Picture',
}
const ONES = new Set(['shipping', 'active'])

/** "Price of Red / L", "Name (Deutsch)". */
export function changeLabel(field: string, product: EditedProduct): string {
  const language = languageChoices().find(({ code }) => field.startsWith(`${code}_`))
  if (language) {
    const text = field.slice(language.code.length + 1)
    return `${LABELS[text] ?? text} (${language.name})`
  }
  const [, name = field, id] = /^(.*)_(\d+)$/.exec(field) ?? []
  const label = LABELS[name] ?? name
  const variant = product.variants.find((one) => String(one.id) === id)
  return variant && product.variants.length > 1 ? `${label} of ${variantName(variant)}` : label
}

/** What was saved, for a reader. */
export function changeText(field: string, saved: string): string {
  const [, name = field] = /^(.*)_\d+$/.exec(field) ?? []
  if (ONES.has(name)) return saved === 'on' ? 'yes' : 'no'
  if (name === 'pictures') {
    const texts = picturesIn(saved).map(({ alt, image }) => alt || image)
    return texts.length === 0 ? 'none' : texts.join(', ')
  }
  return saved === '' ? 'nothing' : saved
}
