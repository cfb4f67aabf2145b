// The `payment_method_options` of a Checkout Session.
import type Stripe from 'stripe'
import { invalidRequest } from '../api/errors.js'
import { VOUCHER_TYPES, VOUCHERS } from '../payments/voucher-types.js'
import type { Checked, PaymentIntent, Session } from '../wire.js'

type Given = Pick<Checked<Stripe.Checkout.SessionCreateParams>, 'payment_method_options'>

/** The options of the offered methods, with Stripe's defaults. Throws for days that a voucher can't have. */
export function readMethodOptions(
  given: Given,
  types: readonly string[],
): NonNullable<Session['payment_method_options']> {
  checkVoucherDays(given)
  const { card, oxxo, boleto, konbini } = given.payment_method_options ?? {}
  return {
    ...(types.includes('boleto')
      ? { boleto: { expires_after_days: boleto?.expires_after_days ?? VOUCHERS.boleto.days.standard } }
      : {}),
    card: {
      request_three_d_secure: card?.request_three_d_secure ?? 'automatic',
      ...(card?.setup_future_usage === undefined ? {} : { setup_future_usage: card.setup_future_usage }),
    },
    ...(types.includes('konbini')
      ? { konbini: { expires_after_days: konbini?.expires_after_days ?? null } }
      : {}),
    ...(types.includes('oxxo')
      ? { oxxo: { expires_after_days: oxxo?.expires_after_days ?? VOUCHERS.oxxo.days.standard } }
      : {}),
  }
}

/** The same options as the payment intent of the session shows them. */
export function intentMethodOptions({
  payment_method_options: asked,
}: Session): NonNullable<PaymentIntent['payment_method_options']> {
  const { card, oxxo, boleto, konbini } = asked ?? {}
  return {
    ...(boleto ? { boleto: { expires_after_days: boleto.expires_after_days } } : {}),
    card: {
      installments: null,
      mandate_options: null,
      network: null,
      request_three_d_secure: card?.request_three_d_secure ?? 'automatic',
      ...(card?.setup_future_usage ? { setup_future_usage: card.setup_future_usage } : {}),
    },
    ...(konbini
      ? {
          konbini: {
            confirmation_number: null,
            expires_after_days: konbini.expires_after_days,
            expires_at: null,
            product_description: null,
          },
        }
      : {}),
    ...(oxxo ? { oxxo: { expires_after_days: oxxo.expires_after_days } } : {}),
  }
}

function checkVoucherDays(given: Given): void {
  for (const type of VOUCHER_TYPES) {
    const days = given.payment_method_options?.[type]?.expires_after_days
    if (days === undefined) continue
    const { least, most } = VOUCHERS[type].days
    if (days >= least && days <= most) continue
    throw invalidRequest(
      `This value must be ${days < least ? `greater than or equal to ${least}` : `less than or equal to ${most}`}.`,
      `payment_method_options[${type}][expires_after_days]`,
      'parameter_invalid_integer',
    )
  }
}
