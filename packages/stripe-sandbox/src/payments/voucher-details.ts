// What a payment intent shows of the voucher that the customer has to pay.
import type { PaymentIntent } from '../wire.js'
import type { VoucherType } from './voucher-types.js'

const OXXO_NUMBER = '12345678901234657890123456789012'
const BOLETO_NUMBER = '01010101010101010101010101010101010101010101010'
const STORES = {
  familymart: { confirmation_number: '12345678901', payment_code: '123456' },
  lawson: { confirmation_number: '12345678901', payment_code: '123456' },
  ministop: { confirmation_number: '12345678901', payment_code: '123456' },
  seicomart: { confirmation_number: '12345678901', payment_code: '123456' },
}

/** The voucher as the payment intent shows it. `end` is in Unix seconds. */
export function displayDetails(
  type: VoucherType,
  end: number,
  url: string,
): NonNullable<PaymentIntent['next_action']> {
  switch (type) {
    case 'oxxo':
      return {
        type: 'oxxo_display_details',
        oxxo_display_details: { expires_after: end, hosted_voucher_url: url, number: OXXO_NUMBER },
      }
    case 'boleto':
      return {
        type: 'boleto_display_details',
        boleto_display_details: {
          expires_at: end,
          hosted_voucher_url: url,
          number: BOLETO_NUMBER,
          pdf: null,
        },
      }
    case 'konbini':
      return {
        type: 'konbini_display_details',
        konbini_display_details: { expires_at: end, hosted_voucher_url: url, stores: STORES },
      }
  }
}

/** The voucher that the customer has to pay, if the payment waits for one. `end` is in Unix seconds. */
export function voucherOf({
  next_action: action,
}: PaymentIntent): { type: VoucherType; number: string; end: number } | undefined {
  const { oxxo_display_details: oxxo, boleto_display_details: boleto } = action ?? {}
  const konbini = action?.konbini_display_details
  if (oxxo) return { type: 'oxxo', number: oxxo.number ?? '', end: oxxo.expires_after ?? 0 }
  if (boleto) return { type: 'boleto', number: boleto.number ?? '', end: boleto.expires_at ?? 0 }
  if (konbini)
    return {
      type: 'konbini',
      number: konbini.stores.lawson?.payment_code ?? '',
      end: konbini.expires_at,
    }
  return undefined
}
