// Shipping rates: what delivery costs, by country.
import { Router, type Request, type Response } from 'express'
import type { ShippingRate } from '../generated/prisma/client.js'
import { notFound } from '../http/problem.js'
import { render } from '../http/render.js'
import type { Language } from '../messages/index.js'
import { otherLanguages, storedFor } from '../messages/translated.js'
import { formatMoney, isCurrency, toDecimal } from '../money.js'
import { addRate, changeRate, RateChangedError } from '../shipping/change-rates.js'
import { byName, countryName } from '../shipping/countries.js'
import { deliveryTime } from '../shipping/delivery-time.js'
import {
  RateError,
  readAmount,
  readCountries,
  readCurrency,
  readDays,
  readFreeFrom,
  readName,
} from '../shipping/rate-form.js'
import { currenciesWithoutRate } from '../shipping/rates.js'
import type { AdminDeps } from './admin-deps.js'
import type { ShippingRatesPage } from './shipping-models.js'
import { doneNotice } from './done.js'
import { fieldsOf, givenText, type Fields } from './forms.js'
import type { FormState } from './order-models.js'
import { rowId } from './row-id.js'
import { languageChoices } from './translation-form.js'

const PATH = '/admin/shipping'

const DONE = {
  added: 'The rate is added. Shoppers can choose it within a second.',
  saved: 'The rate is saved. Orders that were placed before keep what they paid.',
  removed: 'The rate is no longer offered.',
  restored: 'The rate is offered again.',
}

/** More would hide the rest of the table. */
const COUNTRIES_SHOWN = 4

export function shippingRatePages({ database: { prisma }, settings }: AdminDeps): Router {
  const router = Router()
  const done = (response: Response, what: keyof typeof DONE) => response.redirect(303, `${PATH}?done=${what}`)

  router.get(PATH, async (request, response) => {
    const showsRemoved = request.query['all'] === 'yes'
    const [rates, missing] = await Promise.all([
      prisma.shippingRate.findMany({
        where: showsRemoved ? {} : { active: true },
        orderBy: [{ position: 'asc' }, { id: 'asc' }],
      }),
      currenciesWithoutRate(prisma),
    ])
    const page: ShippingRatesPage = {
      notice: doneNotice(request.query, DONE),
      rates: rates.map((rate) => ({
        id: rate.id,
        name: rate.name,
        costs: rate.amount === 0 ? 'Free' : formatMoney(rate.amount, rate.currency),
        freeFrom: rate.freeFrom === null ? null : formatMoney(rate.freeFrom, rate.currency),
        time: deliveryTime(rate.minDays, rate.maxDays),
        countries: countriesInShort(rate),
        active: rate.active,
      })),
      showsRemoved,
      missing: missing.map((currency) => currency.toUpperCase()),
    }
    render(response, 'admin/shipping-rates', page)
  })

  router.get(`${PATH}/new`, async (_request, response) => {
    const { currency } = await settings()
    show(response, null, { values: { countries: 'all', currency }, errors: {} })
  })

  router.post(PATH, async (request, response) => {
    const fields = fieldsOf(request.body)
    const read = readRate(fields)
    if (read.rate === null) {
      response.status(422)
      show(response, null, { values: fields, errors: read.errors })
      return
    }
    await addRate(prisma, read.rate)
    done(response, 'added')
  })

  router.get(`${PATH}/:id`, async (request, response) => {
    const rate = await rateOf(request)
    show(response, rate, { values: valuesOf(rate), errors: {} })
  })

  router.post(`${PATH}/:id`, async (request, response) => {
    const rate = await rateOf(request)
    const fields = fieldsOf(request.body)
    const { rate: change, errors } = readRate(fields)
    try {
      if (change === null) throw new RateError('not saved')
      await changeRate(prisma, rate.id, change, seenIn(fields))
      done(response, 'saved')
    } catch (error) {
      if (!(error instanceof RateError || error instanceof RateChangedError)) throw error
      const isChanged = error instanceof RateChangedError
      response.status(isChanged ? 409 : 422)
      const form = {
        values: fields,
        errors: isChanged ? { name: `Somebody changed this rate meanwhile. ${nowIs(rate)}` } : errors,
      }
      // Saving a form that was wrong must not replace what somebody saved since it was opened.
      show(response, await rateOf(request), form, isChanged ? undefined : seenIn(fields))
    }
  })

  router.post(`${PATH}/:id/remove`, async (request, response) => {
    await changeRate(prisma, (await rateOf(request)).id, { active: false })
    done(response, 'removed')
  })

  router.post(`${PATH}/:id/restore`, async (request, response) => {
    await changeRate(prisma, (await rateOf(request)).id, { active: true })
    done(response, 'restored')
  })

  /** @throws Problem 404 */
  async function rateOf({ params }: Request): Promise<ShippingRate> {
    const rate = await prisma.shippingRate.findUnique({ where: { id: rowId(String(params['id'])) } })
    if (!rate) throw notFound()
    return rate
  }
  return router
}

/** @param seen when the rate that the form shows was saved */
function show(
  response: Response,
  rate: ShippingRate | null,
  form: FormState,
  seen: Date | undefined = rate?.updatedAt,
): void {
  render(response, 'admin/shipping-rate', {
    id: rate?.id ?? null,
    form,
    seen: seen?.toISOString() ?? '',
    active: rate?.active ?? true,
    languages: languageChoices(),
    countryNames: byName(rate?.countries ?? []).map(countryName),
  })
}

function valuesOf(rate: ShippingRate): Fields {
  const { name, countries, currency, amount, freeFrom, minDays, maxDays, translations } = rate
  return {
    ...Object.fromEntries(otherLanguages().map((code) => [`${code}_name`, textFor(translations, code)])),
    ...{ name, currency, amount: toDecimal(amount, currency) },
    countries: countries.length === 0 ? 'all' : countries.join(', '),
    freeFrom: freeFrom === null ? '' : toDecimal(freeFrom, currency),
    days: daysOf(minDays, maxDays),
  }
}

/** A rate's name in a language. Empty: none. */
function textFor(translations: unknown, code: Language): string {
  const text = storedFor(translations, code)
  return typeof text === 'string' ? text : ''
}

function daysOf(min: number | null, max: number | null): string {
  if (min === null) return max === null ? '' : `1-${max}`
  return max === null || max === min ? String(min) : `${min}-${max}`
}

/** A rate as it was typed, or what is wrong with each field. */
function readRate(fields: Fields) {
  const errors: Record<string, string> = {}
  const reading = <Value>(name: string, read: () => Value): Value | undefined => {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof RateError)) throw error
      errors[name] = error.message
      return undefined
    }
  }
  const name = reading('name', () => readName(fields['name'] ?? ''))
  const translations: Record<string, string> = {}
  for (const code of otherLanguages()) {
    const given = givenText(fields, `${code}_name`)
    const text = given === undefined ? '' : reading(`${code}_name`, () => readName(given))
    if (text === undefined) return { rate: null, errors }
    if (text !== '') translations[code] = text
  }
  const countries = reading('countries', () =>
    readCountries(fields['countries'] ?? '', givenText(fields, 'except')),
  )
  const currency = reading('currency', () => readCurrency(fields['currency'] ?? ''))
  // Without a currency, an amount says nothing.
  const known = currency !== undefined && isCurrency(currency) ? currency : 'usd'
  const amount = reading('amount', () => readAmount(fields['amount'] ?? '', known))
  const freeFrom = reading('freeFrom', () => readFreeFrom(givenText(fields, 'freeFrom') ?? 'none', known))
  const days = reading('days', () => readDays(givenText(fields, 'days') ?? 'none'))
  if (
    name === undefined ||
    countries === undefined ||
    currency === undefined ||
    amount === undefined ||
    freeFrom === undefined ||
    days === undefined
  )
    return { rate: null, errors }
  return { rate: { name, translations, countries, currency, amount, freeFrom, ...days }, errors }
}

/** A form that has lost it counts as one of another time. */
function seenIn({ seen = '' }: Fields): Date {
  const at = new Date(seen)
  return Number.isNaN(at.getTime()) ? new Date(0) : at
}

function nowIs(rate: ShippingRate): string {
  const { name, amount, currency, active } = rate
  const state = active ? '' : ', removed'
  return `It is “${name}” for ${formatMoney(amount, currency)}${state}, ${countriesInShort(rate)}. Save again to replace that.`
}

function countriesInShort({ countries }: ShippingRate): string {
  if (countries.length === 0) return 'Everywhere'
  const names = byName(countries).map(countryName)
  const more = names.length - COUNTRIES_SHOWN
  return more <= 1 ? names.join(', ') : `${names.slice(0, COUNTRIES_SHOWN).join(', ')} and ${more} more`
}
