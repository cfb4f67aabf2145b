// Tax codes, which classify products and shipping.
import { noSuch } from '../api/errors.js'

/**
 * The tax code, or undefined if none is given. The sandbox does not know which codes exist.
 *
 * @throws StripeApiError for text that is not a tax code
 */
export function checkTaxCode<T extends string | undefined>(code: T, param: string): T {
  if (code !== undefined && code !== '' && !/^txcd_\d{8}$/.test(code)) throw noSuch('tax_code', code, param)
  return code
}
