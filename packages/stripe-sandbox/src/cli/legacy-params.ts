// Translates older request parameters that `stripe trigger` still sends.
import type { FormTree } from '../api/form-body.js'

/**
 * Parameters that `stripe trigger` still names as older API versions did. Stripe reads a request in the API version of
 * the account, and most accounts are older than the version of this sandbox.
 */
const CURRENT_PARAMS: Record<string, (form: FormTree) => FormTree> = {
  'POST /v1/promotion_codes': ({ coupon, ...rest }) =>
    coupon === undefined ? rest : { ...rest, promotion: { type: 'coupon', coupon } },
}

/** Returns the parameters under their current names, if the request comes from the official CLI. */
export function toCurrentParams(operation: string, form: FormTree, userAgent: string): FormTree {
  const translate = /\bstripe-cli\//.test(userAgent) ? CURRENT_PARAMS[operation] : undefined
  return translate ? translate(form) : form
}
