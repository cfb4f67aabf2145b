// What Stripe's page collected from the shopper: read from a session, and merged from several reports of it.
import { z } from 'zod'
import type { Address, Addressee, Collected } from '../orders/order-facts.js'
import { amount, idOf, optionalText, reference, text } from './stripe-object.js'

/** Longer texts are cut: nothing that people write in a form is, and every text must fit on pages and in rows. */
const MAX_TEXT = 200
/** A session has one tax ID today. */
const MAX_TAX_IDS = 5

/** What is unreadable or empty counts as not given. */
const line = text
  // Line breaks and the codes of terminals would change what mails and commands show.
  .transform(
    (value) =>
      value
        .replace(/\p{Cc}+/gu, ' ')
        .slice(0, MAX_TEXT)
        .toWellFormed()
        .trim() || null,
  )
  .nullish()
  .transform((value) => value ?? null)
  .catch(null)

const address = z
  .object({ line1: line, line2: line, city: line, state: line, postal_code: line, country: line })
  .nullish()
  .transform((value) => value ?? null)
  .catch(null)

const addressee = z.object({ name: line, address }).nullish().catch(null)

const taxIdList = z
  .array(z.object({ type: line, value: line }).catch({ type: null, value: null }))
  .nullish()
  .catch(null)

const presentment = z
  .object({ presentment_amount: amount, presentment_currency: z.string().regex(/^[a-z]{3}$/i) })
  .nullish()
  .catch(null)

/** The fields of a session. */
export const collectedShape = {
  collected_information: z.object({ shipping_details: addressee }).nullish().catch(null),
  /** Its place until API version 2025-03-31. */
  shipping_details: addressee,
  customer_details: z
    .object({
      name: line,
      business_name: line,
      email: optionalText.catch(null),
      phone: line,
      address,
      tax_ids: taxIdList,
    })
    .nullish()
    .catch(null),
  presentment_details: presentment,
  discounts: z
    .array(z.object({ promotion_code: reference.catch(null) }))
    .nullish()
    .catch(null),
}

type Session = z.infer<z.ZodObject<typeof collectedShape>>

/** Null if the session has nothing of it. */
export function collectedIn(session: Session): Collected | null {
  const { customer_details: customer, presentment_details: presented } = session
  const collected: Collected = {
    shipping: given(session.collected_information?.shipping_details ?? session.shipping_details ?? null),
    phone: customer?.phone ?? null,
    billing: customer ? given({ ...customer, name: customer.business_name ?? customer.name }) : null,
    taxIds: (customer?.tax_ids ?? [])
      .flatMap(({ type, value }) => (type === null || value === null ? [] : [{ type, value }]))
      .slice(0, MAX_TAX_IDS),
    presentment: presented
      ? { amount: presented.presentment_amount, currency: presented.presentment_currency.toLowerCase() }
      : null,
    ...promotionIn(idOf(session.discounts?.find((one) => one.promotion_code != null)?.promotion_code)),
  }
  const { taxIds, ...others } = collected
  return taxIds.length === 0 && Object.values(others).every((value) => value === null) ? null : collected
}

function promotionIn(promotionCode: string | null): Pick<Collected, 'promotionCode'> {
  return promotionCode === null ? {} : { promotionCode }
}

/** With the country in upper case. Null without a name and an address. */
function given(found: Addressee | null): Addressee | null {
  if (found === null) return null
  const { name, address: where } = found
  const isGiven = where !== null && Object.values(where).some((value) => value !== null)
  if (name === null && !isGiven) return null
  return { name, address: isGiven ? withCountry(where) : null }
}

function withCountry(where: Address): Address {
  return { ...where, country: where.country?.toUpperCase() ?? null }
}

/** Each part as a report gives it. The result is the same in whatever order reports come. */
export function mergeCollected(known: Collected | null, reported: Collected | null): Collected | null {
  if (known === null || reported === null) return known ?? reported
  return {
    shipping: either(known.shipping, reported.shipping),
    phone: either(known.phone, reported.phone),
    billing: either(known.billing, reported.billing),
    taxIds: either(known.taxIds, reported.taxIds) ?? [],
    presentment: either(known.presentment, reported.presentment),
    ...promotionIn(either(known.promotionCode ?? null, reported.promotionCode ?? null)),
  }
}

/** The one that is given. Stripe does not change these once a session is completed, so of two either would do. */
function either<Value>(known: Value | null, reported: Value | null): Value | null {
  if (known === null || reported === null) return known ?? reported
  return sortable(known) < sortable(reported) ? reported : known
}

/** The database does not keep the order of an object's fields. */
function sortable(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  )
}
