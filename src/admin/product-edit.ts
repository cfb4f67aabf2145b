// One product: editing, duplicating, archiving, and a look at its page in the shop.
import { Router, type Request, type Response } from 'express'
import { changeProduct } from '../catalog/manage-products.js'
import { duplicateProduct } from '../catalog/duplicate-product.js'
import { productScripts, productView } from '../catalog/product-view.js'
import { readEdited } from '../catalog/read-edited.js'
import { saveProduct, type EditedProduct } from '../catalog/save-product.js'
import { isSamePictures, type GivenPicture } from '../catalog/product-pictures.js'
import { notFound } from '../http/problem.js'
import { render, renderPart } from '../http/render.js'
import { readUploads } from '../http/uploads.js'
import { taxShown } from '../settings/tax.js'
import { activeRates } from '../shipping/rates.js'
import type { AdminDeps } from './admin-deps.js'
import { doneNotice } from './done.js'
import { fieldsOf, requestKeyOf, type Fields } from './forms.js'
import { mergeEdits } from './merge-edits.js'
import { readEdit, valuesOf } from './product-form.js'
import { changeLabel, changeText, editPage, openedForm, picturesIn, type PageState } from './product-view.js'
import { PICTURE_UPLOADS, takePictures } from './product-uploads.js'
import { rowId } from './row-id.js'
import { isCategoryRenamed } from './translation-form.js'

const PATH = '/admin/products/:productId'

const DONE = {
  added: 'Product added. Check its variants and pictures below.',
  saved: 'Saved. Shoppers see it within a second.',
  copied: 'This is the copy. It’s archived until you put it on sale.',
  restored: 'On sale again.',
  linked: 'The price in Stripe’s catalog is linked.',
  unlinked: 'Sold at the shop’s own price again.',
  pushed: 'Stripe’s catalog has it now.',
}

export function productPages(deps: AdminDeps): Router {
  const { prisma } = deps.database
  const router = Router()

  router.get(PATH, async (request, response) => {
    const product = await productOf(deps, request)
    const state = openedForm(product, doneNotice(request.query, DONE))
    render(response, 'admin/product', await editPage(deps, product, state))
  })

  router.post(PATH, readUploads(PICTURE_UPLOADS), async (request, response) => {
    const product = await productOf(deps, request)
    const fields = fieldsOf(request.body)
    const { pictureHosts } = await deps.settings()
    const pictureErrors = {}
    const base = baseOf(fields, product)
    const taking = {
      known: [...picturesIn(base['pictures']), ...picturesIn(valuesOf(product)['pictures'])],
      ...{ allowedHosts: pictureHosts, usualAlt: fields['name']?.trim() || product.name },
    }
    const pictures = await takePictures(prisma, fields, request.uploads ?? [], taking, pictureErrors)
    const { edit: typed, errors: formErrors } = readEdit(product, fields, pictures)
    const edit = isCategoryRenamed(fields, base) ? typed : { ...typed, categoryTranslations: null }
    const errors = { ...formErrors, ...pictureErrors }
    const revision = Number(fields['revision'])
    const again = (found: Record<string, string>): PageState => ({
      form: { values: { ...valuesOf(product), ...withoutBoxes(base), ...fields }, errors: found },
      ...{ pictures, base, revision, notice: null, changes: null },
    })
    if (revision !== product.revision) {
      await showConflict(response, product, { fields, base, pictures, errors })
      return
    }
    if (Object.keys(errors).length > 0) {
      await refuse(response, product, again(errors))
      return
    }
    const saved = await saveProduct(prisma, product, revision, edit)
    if ('errors' in saved) await refuse(response, product, again(saved.errors))
    else if ('outdated' in saved) {
      const current = await productOf(deps, request)
      await showConflict(response, current, { fields, base, pictures, errors })
    } else response.redirect(303, `/admin/products/${product.id}?done=saved`)
  })

  async function refuse(response: Response, product: EditedProduct, state: PageState): Promise<void> {
    response.status(422)
    render(response, 'admin/product', await editPage(deps, product, state))
  }

  /** Somebody else saved the product meanwhile: shows what, beside what was typed here. */
  async function showConflict(
    response: Response,
    product: EditedProduct,
    sent: {
      fields: Fields
      base: Record<string, string>
      pictures: GivenPicture[]
      errors: Record<string, string>
    },
  ): Promise<void> {
    const current = valuesOf(product)
    const typed = { ...sent.fields, pictures: JSON.stringify(sent.pictures) }
    const { values, notes } = mergeEdits(sent.base, typed, current)
    const isMine = !isSamePictures(sent.pictures, picturesIn(sent.base['pictures']))
    response.status(409)
    render(
      response,
      'admin/product',
      await editPage(deps, product, {
        form: { values, errors: sent.errors },
        pictures: isMine ? sent.pictures : picturesIn(current['pictures']),
        base: current,
        revision: product.revision,
        notice: null,
        changes: Object.entries(notes).map(([field, { saved, isReplaced }]) => ({
          label: changeLabel(field, product),
          saved: changeText(field, saved),
          isReplaced,
        })),
      }),
    )
  }

  router.post(`${PATH}/duplicate`, async (request, response) => {
    const product = await productOf(deps, request)
    const id = await duplicateProduct(prisma, product, requestKeyOf(fieldsOf(request.body)))
    response.redirect(303, `/admin/products/${id}?done=copied`)
  })

  router.post(`${PATH}/archive`, async (request, response) => {
    await changeProduct(prisma, await productOf(deps, request), { active: false })
    response.redirect(303, '/admin/products?done=archived')
  })

  router.post(`${PATH}/restore`, async (request, response) => {
    const product = await productOf(deps, request)
    await changeProduct(prisma, product, { active: true })
    response.redirect(303, `/admin/products/${product.id}?done=restored`)
  })

  router.get(`${PATH}/preview`, async (request, response) => {
    const { variants, ...product } = await productOf(deps, request)
    const onSale = variants.filter(({ active }) => active)
    const shown = { ...product, variants: onSale.length > 0 ? onSale : variants }
    const settings = await deps.settings()
    const rates = await activeRates(deps.database.prisma, product.currency)
    const around = { tax: taxShown(settings), settings, rates, related: [], askEmail: false }
    const model = productView(shown, request.query['variant'], around)
    render(response, 'catalog/product', {
      title: `Preview: ${product.name}`,
      description: product.summary,
      scripts: productScripts(model),
      found: null,
      part: await renderPart(request.app, 'catalog/product-part', model),
      notice: {
        kind: 'info',
        text: product.offSale
          ? 'Preview. Shoppers can’t see this page.'
          : 'Preview of the page that shoppers see.',
        link: { href: `/admin/products/${product.id}`, label: 'Edit' },
      },
    })
  })
  return router
}

/** @throws Problem 404 */
export async function productOf({ database }: AdminDeps, request: Request): Promise<EditedProduct> {
  const product = await readEdited(database.prisma, rowId(String(request.params['productId'])))
  if (!product) throw notFound('product')
  return product
}

/** The fields as the form was opened. A form that has lost them counts as opened now. */
function baseOf(fields: Fields, product: EditedProduct): Record<string, string> {
  try {
    const base: unknown = JSON.parse(fields['base'] ?? '')
    const values = fieldsOf(base)
    picturesIn(values['pictures']).map(({ image }) => image)
    return values
  } catch {
    return valuesOf(product)
  }
}

/** Boxes that are not checked are not sent: what the form was opened with does not check them. */
function withoutBoxes(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      /^(active|shipping)(_\d+)?$/.test(name) ? '' : value,
    ]),
  )
}
