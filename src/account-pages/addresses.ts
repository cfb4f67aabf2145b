// The pages of a shopper's saved addresses.
import { Router, type Request, type Response } from 'express'
import { z } from 'zod'
import {
  addressesOf,
  MAX_ADDRESSES,
  removeAddress,
  saveAddress,
  type NewAddress,
} from '../accounts/addresses.js'
import { fieldErrors, fieldOf, typed } from '../accounts/forms.js'
import { requireUser, userOf } from '../accounts/sign-in.js'
import type { Database } from '../database/client.js'
import { notFound } from '../http/problem.js'
import { render } from '../http/render.js'
import { t, type Messages } from '../messages/index.js'
import { byName, COUNTRIES, countryName } from '../shipping/countries.js'
import { addressTextOf } from './address-text.js'
import type { AddressField, AddressPage } from './view-models.js'

const PATH = '/account/addresses'
const MAX_TEXT = 200

const text = z
  .string({ error: () => t().accounts.required })
  .max(MAX_TEXT, { error: () => t().accounts.nameTooLong(MAX_TEXT) })
  // Line breaks and other control characters would change what labels and mails show.
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]*$/u, { error: () => t().accounts.nameInvalid })
  .trim()
const required = text.min(1, { error: () => t().accounts.required })
const optional = text.transform((typed) => typed || null).default(null)

const addressForm = z.object({
  name: required,
  line1: required,
  line2: optional,
  city: required,
  state: optional,
  postalCode: optional,
  country: text.refine((code) => COUNTRIES.has(code), { error: () => t().accounts.countryMissing }),
  isDefault: z
    .literal('on')
    .optional()
    .transform((value) => value !== undefined),
})

const DONE = {
  saved: (texts) => texts.addressSaved,
  removed: (texts) => texts.addressRemoved,
} as const satisfies Record<string, (texts: Messages['accounts']) => string>

const EMPTY = { name: '', line1: '', line2: '', city: '', state: '', postalCode: '', country: '' }

export function addressPages({ database: { prisma } }: { database: Database }): Router {
  const router = Router()
  const signedIn = requireUser(() => PATH)

  router.get(PATH, signedIn, async (request, response) => {
    const addresses = await addressesOf(prisma, userOf(request).id)
    const what = Object.entries(DONE).find(([name]) => name === request.query['done'])?.[1]
    render(response, 'accounts/addresses', {
      notice: what ? { kind: 'success', text: what(t().accounts) } : null,
      addresses: addresses.map(({ id, isDefault, ...address }) => ({
        id,
        isDefault,
        lines: addressTextOf({ ...address, isDefault }),
      })),
      canAdd: addresses.length < MAX_ADDRESSES,
    })
  })

  router.get(`${PATH}/new`, signedIn, (request, response) => {
    show(response, null, { ...EMPTY, name: userOf(request).name, isDefault: false }, {})
  })

  router.post(`${PATH}/new`, signedIn, (request, response) => save(request, response, null))

  router.get(`${PATH}/:id`, signedIn, async (request, response) => {
    const { id, ...address } = await ownAddress(request)
    const values = Object.fromEntries(Object.entries(address).map(([name, value]) => [name, value ?? '']))
    show(response, id, values as AddressPage['values'], {})
  })

  router.post(`${PATH}/:id`, signedIn, (request, response) => save(request, response, idOf(request)))

  router.post(`${PATH}/:id/remove`, signedIn, async (request, response) => {
    await removeAddress(prisma, userOf(request).id, idOf(request))
    response.redirect(303, `${PATH}?done=removed`)
  })

  async function save(request: Request, response: Response, id: number | null): Promise<void> {
    const form = addressForm.safeParse(request.body)
    if (!form.success) {
      response.status(422)
      const names = Object.keys(EMPTY) as AddressField[]
      const sent = Object.fromEntries(names.map((name) => [name, typed(request.body, name)]))
      const isDefault = fieldOf(request.body, 'isDefault') === 'on'
      const values = { ...(sent as Record<AddressField, string>), isDefault }
      show(response, id, values, fieldErrors(form.error))
      return
    }
    const address: NewAddress = form.data
    if ((await saveAddress(prisma, userOf(request).id, id, address)) === 'missing') throw notFound()
    response.redirect(303, `${PATH}?done=saved`)
  }

  async function ownAddress(request: Request) {
    const id = idOf(request)
    const found = (await addressesOf(prisma, userOf(request).id)).find((one) => one.id === id)
    if (!found) throw notFound()
    return found
  }
  return router
}

/** @throws Problem 404 */
function idOf(request: Request): number {
  const text = String(request.params['id'])
  if (!/^[1-9]\d{0,8}$/.test(text)) throw notFound()
  return Number(text)
}

function show(
  response: Response,
  id: number | null,
  values: AddressPage['values'],
  errors: AddressPage['errors'],
): void {
  render(response, 'accounts/address', {
    id,
    action: `${PATH}/${id ?? 'new'}`,
    values,
    errors,
    countries: byName(COUNTRIES).map((code) => ({ code, name: countryName(code) })),
  })
}
