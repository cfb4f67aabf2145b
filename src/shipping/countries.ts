// The countries that Stripe's page accepts as a delivery address, by ISO 3166 code, and their names.
import { t } from '../messages/index.js'

/** Source: https://docs.stripe.com/api/checkout/sessions/create, allowed_countries. */
const CODES =
  'AC AD AE AF AG AI AL AM AO AQ AR AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ ' +
  'CA CD CF CG CH CI CK CL CM CN CO CR CV CW CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FO FR GA GB GD ' +
  'GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IS IT JE JM JO JP KE KG KH ' +
  'KI KM KN KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MK ML MM MN MO MQ MR MS MT MU MV MW MX ' +
  'MY MZ NA NC NE NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PY QA RE RO RS RU RW SA SB SC SD ' +
  'SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SZ TA TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG US UY ' +
  'UZ VA VC VE VG VN VU WF WS XK YE YT ZA ZM ZW'

export const COUNTRIES: ReadonlySet<string> = new Set(CODES.split(' '))

/** By locale. Kept, since making one takes far longer than using it. */
const namers = new Map<string, Intl.DisplayNames>()

/** "DE" → "Germany". A code that is none is returned as it is. */
export function countryName(code: string): string {
  if (!/^[A-Z]{2}$/.test(code)) return code
  const locale = t().dateLocale
  let namer = namers.get(locale)
  if (!namer) {
    namer = new Intl.DisplayNames(locale, { type: 'region' })
    namers.set(locale, namer)
  }
  return namer.of(code) ?? code
}

/** Sorts codes by the countries' names. */
export function byName(codes: Iterable<string>): string[] {
  const { compare } = new Intl.Collator(t().dateLocale)
  return [...codes].sort((one, other) => compare(countryName(one), countryName(other)))
}
