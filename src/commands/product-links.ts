// npm run products -- payment-link: pages of Stripe that sell one variant.
import { nameWithVariant, variantName } from '../catalog/variants.js'
import { formatMoney } from '../money.js'
import { createPaymentLink, deactivatePaymentLinks, newestPaymentLinks } from '../payments/payment-links.js'
import { termsOf } from '../settings/settings.js'
import { RateError, readCountries } from '../shipping/rate-form.js'
import { CommandError, type CommandDeps } from './run.js'
import { table } from './table.js'

const OFFERS_TOO_MUCH =
  'No shipping rate reaches all of its countries, so Stripe’s page lets shoppers choose a rate of another country.\n' +
  'To prevent that, end this link with --off and name countries that share a rate, such as --countries DE,AT.'

const ASKS_NO_TERMS = 'Stripe’s page doesn’t ask shoppers to accept your terms.'

export async function addLink(
  deps: CommandDeps,
  variantId: number,
  countries: string | undefined,
): Promise<string> {
  const reached = countries === undefined ? [] : codes(countries)
  const { url, offersTooMuch } = await createPaymentLink(deps, variantId, reached)
  const hasTerms = termsOf(await deps.settings()) !== null
  return [url, ...(offersTooMuch ? [OFFERS_TOO_MUCH] : []), ...(hasTerms ? [ASKS_NO_TERMS] : [])].join('\n')
}

function codes(given: string): string[] {
  try {
    return readCountries(given)
  } catch (error) {
    if (error instanceof RateError) throw new CommandError(error.message)
    throw error
  }
}

export async function endLinks(deps: CommandDeps, variantId: number): Promise<string> {
  const ended = await deactivatePaymentLinks(deps, variantId)
  if (ended === 0) return 'No active link sells it.'
  return `Ended ${ended} ${ended === 1 ? 'link' : 'links'}. Payment pages that are open already can still be paid.`
}

const LISTED_LINKS = 100

export async function listLinks(deps: CommandDeps): Promise<string> {
  const links = await newestPaymentLinks(deps, LISTED_LINKS)
  if (links.length === 0) return 'There are no payment links.'
  const rows = links.map(({ id, url, variant, unitAmount, currency, active }) => [
    id,
    variant.sku,
    nameWithVariant(variant.product.name, variantName(variant)),
    formatMoney(unitAmount, currency),
    active ? 'yes' : 'no',
    url,
    active && !(variant.active && variant.product.active) ? 'not on sale: payments become no orders' : '',
  ])
  return table(['LINK', 'SKU', 'PRODUCT', 'PRICE', 'ACTIVE', 'URL', 'NOTE'], rows)
}
