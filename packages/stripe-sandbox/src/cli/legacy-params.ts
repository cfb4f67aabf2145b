import type { FormTree } from '../api/form-body.js'

/**
 * What `stripe trigger` still calls as older versions of the API did. Stripe reads a request in the version of the
 * account, and the accounts of most who use the CLI are older than this sandbox.
 */
const currentParams: Record<string, (form: FormTree) => FormTree> = {
  'POST /v1/promotion_codes': ({ coupon, ...rest }) =>
    coupon === undefined ? rest : { ...rest, promotion: { type: 'coupon', coupon } },
}

/** The parameters of a request in the words of today, where the official CLI used others. */
export function toCurrentParams(operation: string, form: FormTree, userAgent: string): FormTree {
  const translate = /\bstripe-cli\//.test(userAgent) ? currentParams[operation] : undefined
  return translate ? translate(form) : form
}
