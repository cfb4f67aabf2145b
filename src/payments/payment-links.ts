// Creates and ends payment links, which sell one unit of a variant to whoever opens them.
import { recordAudit } from '../audit/record-audit.js'
import { nameWithVariant, variantName } from '../catalog/variants.js'
import type { PaymentLink, ShippingRate } from '../generated/prisma/client.js'
import { Problem } from '../http/problem.js'
import type { Settings } from '../settings/settings.js'
import { taxBehaviorOf, type TaxBehavior } from '../settings/tax.js'
import { activeRates, offeredFor, servedCountries, type OfferedRate } from '../shipping/rates.js'
import type { PaymentDeps } from './payment-deps.js'
import type { LinkDelivery } from './payment-link-parameters.js'
import { PaymentService } from './payment-service.js'
import { isMissing, stripeProblem } from './stripe-client.js'
import { taxBehaviorOfPrices, usablePrice } from './stripe-prices.js'

/** Stripe's limit for a page. */
const MAX_RATES = 5
/** Countries that Stripe's page delivers to, but not by a link (https://docs.stripe.com/api/payment-link/create). */
const NOT_BY_LINK = new Set(['SD'])

/**
 * Creates a payment link at today's price and settings. Later changes of either don't change it.
 * @param countries where it is delivered to. Empty: wherever the active shipping rates go
 * @returns with whether some of these countries are not reached by every rate that the link offers them
 * @throws Problem when the variant is not on sale, or can't be delivered
 */
export async function createPaymentLink(
  deps: PaymentDeps,
  variantId: number,
  countries: readonly string[] = [],
): Promise<PaymentLink & { offersTooMuch: boolean }> {
  const { prisma } = deps.database
  const settings = await deps.settings()
  const variant = await prisma.variant.findUniqueOrThrow({
    where: { id: variantId },
    include: { product: true },
  })
  const { product, unitAmount, currency } = variant
  if (!variant.active || !product.active)
    throw refused('It is not on sale: a payment by the link would become no order.')
  if (!product.requiresShipping && countries.length > 0)
    throw refused('It needs no delivery: --countries says nothing.')
  const terms = {
    currency,
    taxBehavior: taxBehaviorOf(settings),
    automaticTax: settings.tax === 'stripe',
    promotionCodes: settings.promotionCodes,
    createsInvoice: settings.invoices,
  }
  const delivery = product.requiresShipping
    ? await deliveryOf(deps, { ...terms, unitAmount, countries })
    : null
  const sold = {
    ...terms,
    item: {
      ...{ productId: product.id, variantId, unitAmount, quantity: 1, taxCode: product.taxCode },
      name: nameWithVariant(product.name, variantName(variant)),
      image: variant.image ?? product.image,
      stripePriceId: usablePrice(variant, taxBehaviorOfPrices(settings)),
    },
    ...asksFor(settings, delivery),
    delivery,
  }
  const { id, url } = await PaymentService.createPaymentLink(sold, deps.stripe).catch(rethrown)
  const link = await prisma.$transaction(async (tx) => {
    await recordAudit(tx, { action: 'payment_link.created', subject: 'payment_link', subjectId: id })
    return tx.paymentLink.create({
      data: { id, url, variantId, unitAmount, ...terms, requiresShipping: product.requiresShipping },
    })
  })
  return { ...link, offersTooMuch: delivery?.offersTooMuch ?? false }
}

function asksFor(settings: Settings, delivery: LinkDelivery | null) {
  return {
    collectsTaxIds: settings.taxIds && settings.tax === 'stripe',
    collectsPhone: settings.phoneNumbers && delivery !== null,
  }
}

interface Parcel {
  unitAmount: number
  currency: string
  taxBehavior: TaxBehavior
  countries: readonly string[]
}

/** Stripe's page offers each rate for each country, so the rates that reach all of them are preferred. */
async function deliveryOf(
  deps: PaymentDeps,
  parcel: Parcel,
): Promise<LinkDelivery & { offersTooMuch: boolean }> {
  const { currency, unitAmount, countries } = parcel
  const active = await activeRates(deps.database.prisma, currency)
  const served = servedCountries(active).filter((country) => !NOT_BY_LINK.has(country))
  const reached = countries.length === 0 ? served : [...countries]
  const missing = reached.filter((country) => !served.includes(country))
  if (reached.length === 0) throw refused(`No shipping rate delivers orders in ${currency}: npm run shipping`)
  if (missing.length > 0)
    throw refused(`No shipping rate delivers to ${missing.join(', ')}: npm run shipping`)
  const byCountry = reached.map((country) => offeredFor(active, { country, itemsTotal: unitAmount }))
  const all = [...new Map(byCountry.flat().map((rate) => [rate.id, rate])).values()]
  const common = all.filter(({ id }) => byCountry.every((rates) => rates.some((rate) => rate.id === id)))
  const offered = common.length > 0 ? common : all
  if (offered.length > MAX_RATES)
    throw refused(
      `${offered.length} shipping rates deliver it, and Stripe’s page offers at most ${MAX_RATES}: name countries, such as --countries DE,AT.`,
    )
  // The first is chosen unless the shopper chooses: the cheapest.
  const rates = offered.sort((one, other) => one.amount - other.amount)
  const rateIds: string[] = []
  for (const rate of rates)
    rateIds.push(
      await stripeRateOf(deps, parcel, rate, active.find(({ id }) => id === rate.id)?.countries ?? []),
    )
  return { countries: reached, rateIds, offersTooMuch: common.length === 0 }
}

/** The rate at Stripe, created if there is none that is the same. */
async function stripeRateOf(
  deps: PaymentDeps,
  { currency, taxBehavior }: Parcel,
  { id: shippingRateId, name, amount, minDays, maxDays }: OfferedRate,
  countries: ShippingRate['countries'],
): Promise<string> {
  const { prisma } = deps.database
  const same = { shippingRateId, name, amount, currency, taxBehavior, minDays, maxDays }
  const known = await prisma.stripeShippingRate.findFirst({
    where: { ...same, countries: { equals: countries } },
    orderBy: { createdAt: 'desc' },
  })
  if (known) return known.id
  const rate = { ...same, rateId: shippingRateId, rateName: name }
  const { id } = await PaymentService.createShippingRate(rate, deps.stripe).catch(rethrown)
  await prisma.stripeShippingRate.create({ data: { id, ...same, countries } })
  return id
}

/**
 * Ends the active links of a variant. Pages that are open at Stripe can still be paid, and become orders.
 * @returns how many there were
 */
export async function deactivatePaymentLinks(deps: PaymentDeps, variantId: number): Promise<number> {
  const { prisma } = deps.database
  const links = await prisma.paymentLink.findMany({ where: { variantId, active: true } })
  for (const { id } of links) {
    await PaymentService.deactivatePaymentLink(id, deps.stripe).catch((error: unknown) => {
      // Of another account: it can't sell anything any more.
      if (!isMissing(error)) rethrown(error)
    })
    await prisma.$transaction(async (tx) => {
      await tx.paymentLink.update({ where: { id }, data: { active: false } })
      await recordAudit(tx, { action: 'payment_link.ended', subject: 'payment_link', subjectId: id })
    })
  }
  return links.length
}

/**
 * The newest links, with what they sell. Asks Stripe which are active, because they can be ended and reactivated in its
 * dashboard, too.
 */
export async function newestPaymentLinks({ database: { prisma }, stripe }: PaymentDeps, limit: number) {
  const links = await prisma.paymentLink.findMany({
    include: { variant: { include: { product: true } } },
    orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
    take: limit,
  })
  if (links.length === 0) return []
  const active = await PaymentService.listActivePaymentLinks(stripe).catch(rethrown)
  const current = links.map((link) => ({ ...link, active: active.has(link.id) }))
  for (const isActive of [true, false]) {
    const ids = current.flatMap((link) => (link.active === isActive ? [link.id] : []))
    await prisma.paymentLink.updateMany({
      where: { id: { in: ids }, active: !isActive },
      data: { active: isActive },
    })
  }
  return current
}

function rethrown(error: unknown): never {
  throw stripeProblem(error)
}

function refused(why: string): Problem {
  return new Problem(409, 'payment_link_refused', 'No payment link', why)
}
