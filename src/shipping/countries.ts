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

/** By locale. Kept, since making them and asking for names takes long. */
const kept = new Map<
  string,
  { namer: Intl.DisplayNames; collator: Intl.Collator; names: Map<string, string> }
>()

function ofLocale() {
  const locale = t().dateLocale
  let found = kept.get(locale)
  if (!found) {
    const namer = new Intl.DisplayNames(locale, { type: 'region' })
    found = { namer, collator: new Intl.Collator(locale), names: new Map() }
    kept.set(locale, found)
  }
  return found
}

/** "DE" → "Germany". A code that is none is returned as it is. */
export function countryName(code: string): string {
  const { namer, names } = ofLocale()
  const known = names.get(code)
  if (known !== undefined || !/^[A-Z]{2}$/.test(code)) return known ?? code
  const name = namer.of(code) ?? code
  names.set(code, name)
  return name
}

/** Sorts codes by the countries' names. */
export function byName(codes: Iterable<string>): string[] {
  const { collator } = ofLocale()
  return [...codes].sort((one, other) => collator.compare(countryName(one), countryName(other)))
}
