// Which Checkout Session parameters each mode allows and requires.
import { invalidRequest, missingParameter } from '../api/errors.js'
import { refuseUnsupported } from './unsupported-parameters.js'

type Mode = 'payment' | 'subscription' | 'setup'

/** Parameters that only some modes allow. */
const ALLOWED_MODES: Record<string, readonly Mode[]> = {
  customer_creation: ['payment', 'setup'],
  invoice_creation: ['payment'],
  payment_intent_data: ['payment'],
  payment_method_collection: ['subscription'],
  saved_payment_method_options: ['payment', 'subscription'],
  setup_intent_data: ['setup'],
  submit_type: ['payment'],
  subscription_data: ['subscription'],
  tax_id_collection: ['payment', 'subscription'],
}

/** Throws for parameters that the mode does not allow, and for missing line items. */
export function checkMode(given: object, mode: Mode, hasLines: boolean): void {
  for (const [name, modes] of Object.entries(ALLOWED_MODES)) {
    if (name in given && !modes.includes(mode)) {
      throw invalidRequest(`You can not pass \`${name}\` in \`${mode}\` mode.`, name)
    }
  }
  if (mode !== 'setup' && !hasLines && !('line_items' in given)) throw missingParameter('line_items')
  if (mode !== 'payment') refuseUnsupported(given, ['payment_method_options.card.setup_future_usage'])
  if (mode === 'setup') refuseUnsupported(given, ['allow_promotion_codes', 'discounts'])
}
