// What search engines and previews of links are told about a page: its canonical address, Open Graph and JSON-LD.
import type { Category, ShippingRate } from '../generated/prisma/client.js'
import { pathIn } from '../http/language-paths.js'
import { currentLanguage, t } from '../messages/index.js'
import { translatedName } from '../messages/translated.js'
import { toDecimal } from '../money.js'
import type { Settings } from '../settings/settings.js'
import { categoryHref } from './category-menu.js'
import { fullNameFor } from './option-names.js'
import { textsOf } from './product-texts.js'
import { categoryLabel, maxQuantity } from './products.js'
import type { ProductWithVariants } from './variants.js'
import type { PictureView } from './view-models.js'
import type { FoundPage, JsonLd } from '../http/view-models.js'

/** More variants than this are not listed one by one. */
const MOST_OFFERS = 50
/** As many as search engines read of one rate: https://developers.google.com/search/docs/appearance/structured-data */
const MOST_COUNTRIES = 50

export interface Site {
  baseUrl: string
  /** Names of the sample pictures that have a preview in PNG. Previews of links show no SVG. */
  previews: ReadonlySet<string>
}

/** The same in every page of products: whose shop it is. */
function organization({ baseUrl }: Site, settings: Settings): JsonLd {
  const { name, supportEmail } = settings
  return {
    '@context': 'https://schema.org',
    '@type': 'Organization',
    '@id': `${baseUrl}/#shop`,
    name,
    url: `${baseUrl}/pricing`,
    logo: `${baseUrl}/assets/images/icon-512.png`,
    ...(supportEmail !== null && {
      email: supportEmail,
      contactPoint: { '@type': 'ContactPoint', contactType: 'customer support', email: supportEmail },
    }),
  }
}

export interface ListFound {
  /** The address without what does not change what is listed. */
  href: string
  category: Category | null
  /** Whether search engines should leave it out: searches and filtered lists. */
  isOneOfMany: boolean
}

export function foundList(site: Site, settings: Settings, list: ListFound): FoundPage {
  const { baseUrl } = site
  return {
    canonical: addressOf(baseUrl, list.href),
    type: 'website',
    image: { url: `${baseUrl}/assets/images/previews/shop.png`, alt: settings.name },
    noIndex: list.isOneOfMany,
    data: [
      organization(site, settings),
      breadcrumbs(
        baseUrl,
        list.category === null ? [] : [{ name: list.category.name, label: translatedName(list.category) }],
      ),
    ],
  }
}

/** @param rates the active ones in the product's currency */
export function foundProduct(
  site: Site,
  settings: Settings,
  product: ProductWithVariants,
  pictures: readonly PictureView[],
  rates: readonly ShippingRate[],
): FoundPage {
  const { baseUrl } = site
  const canonical = addressOf(baseUrl, `/pricing/${product.id}`)
  const { name, description, summary } = textsOf(product)
  const images = pictures.flatMap(({ image }) => previewOf(site, image) ?? [])
  const offers = product.variants
    .slice(0, MOST_OFFERS)
    .map((variant, index) => offerOf(baseUrl, settings, product, variant, rates, index === 0))
  return {
    canonical,
    type: 'product',
    image: images[0] === undefined ? null : { url: images[0], alt: name },
    noIndex: false,
    data: [
      {
        '@context': 'https://schema.org',
        '@type': 'Product',
        '@id': `${canonical}#product`,
        name,
        description: description || summary || name,
        ...(images.length > 0 && { image: images }),
        sku: product.variants[0]?.sku ?? product.slug,
        category: categoryLabel(product),
        brand: { '@type': 'Brand', name: settings.name },
        url: canonical,
        offers: offers.length === 1 ? offers[0] : offers,
      },
      breadcrumbs(baseUrl, [{ name: product.category, label: categoryLabel(product) }], {
        name,
        url: canonical,
      }),
      organization(site, settings),
    ],
  }
}

function offerOf(
  baseUrl: string,
  { returnDays }: Settings,
  product: ProductWithVariants,
  variant: ProductWithVariants['variants'][number],
  rates: readonly ShippingRate[],
  isFirst: boolean,
): JsonLd {
  const own = product.variants.length > 1 ? `?variant=${variant.id}` : ''
  return {
    '@type': 'Offer',
    ...(product.options.length > 0 && { name: fullNameFor(product, variant) }),
    sku: variant.sku,
    url: addressOf(baseUrl, `/pricing/${product.id}${own}`),
    price: toDecimal(variant.unitAmount, variant.currency),
    priceCurrency: variant.currency.toUpperCase(),
    itemCondition: 'https://schema.org/NewCondition',
    availability: `https://schema.org/${maxQuantity(variant) > 0 ? 'InStock' : 'OutOfStock'}`,
    seller: { '@id': `${baseUrl}/#shop` },
    ...(product.requiresShipping &&
      rates.length > 0 && {
        shippingDetails: cheapestRates(rates).map((rate) =>
          isFirst ? shippingOf(rate) : { '@id': `#delivery-${rate.id}` },
        ),
      }),
    ...(product.requiresShipping &&
      returnDays > 0 && {
        hasMerchantReturnPolicy: isFirst ? returnsOf(returnDays, rates) : { '@id': '#returns' },
      }),
  }
}

/** Of the rates with the same countries, the one with which a price is compared. */
function cheapestRates(rates: readonly ShippingRate[]): ShippingRate[] {
  const cheapest = new Map<string, ShippingRate>()
  for (const rate of rates) {
    const places = [...rate.countries].sort().join()
    const known = cheapest.get(places)
    if (known === undefined || rate.amount < known.amount) cheapest.set(places, rate)
  }
  return [...cheapest.values()]
}

function shippingOf({ id, amount, currency, countries, minDays, maxDays }: ShippingRate): JsonLd {
  return {
    '@type': 'OfferShippingDetails',
    '@id': `#delivery-${id}`,
    shippingRate: {
      '@type': 'MonetaryAmount',
      value: toDecimal(amount, currency),
      currency: currency.toUpperCase(),
    },
    ...(countries.length > 0 &&
      countries.length <= MOST_COUNTRIES && {
        shippingDestination: { '@type': 'DefinedRegion', addressCountry: countries },
      }),
    ...((minDays ?? maxDays) !== null && {
      deliveryTime: {
        '@type': 'ShippingDeliveryTime',
        transitTime: {
          '@type': 'QuantitativeValue',
          minValue: minDays ?? 0,
          ...(maxDays !== null && { maxValue: maxDays }),
          unitCode: 'DAY',
        },
      },
    }),
  }
}

function returnsOf(days: number, rates: readonly ShippingRate[]): JsonLd {
  const countries = [...new Set(rates.flatMap((rate) => rate.countries))].slice(0, MOST_COUNTRIES)
  return {
    '@type': 'MerchantReturnPolicy',
    '@id': '#returns',
    returnPolicyCategory: 'https://schema.org/MerchantReturnFiniteReturnWindow',
    merchantReturnDays: days,
    ...(countries.length > 0 && { applicableCountry: countries }),
  }
}

function breadcrumbs(
  baseUrl: string,
  categories: readonly { name: string; label: string }[],
  last?: { name: string; url: string },
): JsonLd {
  const places = [
    { name: t().frame.shop, url: addressOf(baseUrl, '/pricing') },
    ...categories.map(({ name, label }) => ({ name: label, url: addressOf(baseUrl, categoryHref(name)) })),
    ...(last ? [last] : []),
  ]
  return {
    '@context': 'https://schema.org',
    '@type': 'BreadcrumbList',
    itemListElement: places.map(({ name, url }, index) => ({
      '@type': 'ListItem',
      position: index + 1,
      name,
      item: url,
    })),
  }
}

/** In the language of the page. */
function addressOf(baseUrl: string, path: string): string {
  return baseUrl + pathIn(currentLanguage(), path)
}

const SAMPLE = /^\/assets\/images\/products\/([\w-]+)\.svg$/

/** The address of a picture that every preview of a link can show. Null: there is none. */
function previewOf({ baseUrl, previews }: Site, image: string): string | null {
  const [, sample] = SAMPLE.exec(image) ?? []
  if (sample !== undefined)
    return previews.has(sample) ? `${baseUrl}/assets/images/previews/${sample}.png` : null
  return /\.(jpe?g|png|webp)(\?|$)/i.test(image) ? new URL(image, baseUrl).href : null
}
