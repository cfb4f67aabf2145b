// Reading from a payment intent what the shopper still has to pay, for each method that waits for them.
import { describe, expect, it } from 'vitest'
import { voucherOf } from '../../src/payments/voucher.js'

const URL = 'https://payments.stripe.com/voucher/1'
const UNTIL = 1_800_000_000
const NONE = { voucherUrl: null, payBy: null }

describe('next_action', () => {
  it.each<[string, unknown, object]>([
    [
      'oxxo',
      { oxxo_display_details: { hosted_voucher_url: URL, expires_after: UNTIL, number: '1' } },
      { payBy: new Date(UNTIL * 1000) },
    ],
    [
      'boleto',
      { boleto_display_details: { hosted_voucher_url: URL, expires_at: UNTIL, pdf: 'x' } },
      { payBy: new Date(UNTIL * 1000) },
    ],
    [
      'konbini',
      { konbini_display_details: { hosted_voucher_url: URL, expires_at: UNTIL, stores: {} } },
      { payBy: new Date(UNTIL * 1000) },
    ],
    [
      'multibanco',
      { multibanco_display_details: { hosted_voucher_url: URL, expires_at: UNTIL } },
      { payBy: new Date(UNTIL * 1000) },
    ],
    [
      'pix',
      { pix_display_qr_code: { hosted_instructions_url: URL, expires_at: UNTIL } },
      { payBy: new Date(UNTIL * 1000) },
    ],
    [
      'a bank transfer, which has no date',
      { display_bank_transfer_instructions: { hosted_instructions_url: URL, amount_remaining: 1 } },
      { payBy: null },
    ],
    ['a date that can’t be read', { x: { hosted_voucher_url: URL, expires_at: 'soon' } }, { payBy: null }],
  ])('%s', (type, details, expected) => {
    expect(voucherOf({ type, ...(details as object) })).toEqual({ voucherUrl: URL, ...expected })
  })

  it.each([
    ['3-D Secure', { type: 'redirect_to_url', redirect_to_url: { url: URL } }],
    ['none', null],
    ['missing', undefined],
    [
      'a voucher without a page',
      { oxxo_display_details: { hosted_voucher_url: null, expires_after: UNTIL } },
    ],
    [
      'a page that is no web address',
      { oxxo_display_details: { hosted_voucher_url: 'javascript:alert(1)' } },
    ],
  ])('%s: nothing is left for the shopper to pay', (_what, action) => {
    expect(voucherOf(action)).toEqual(NONE)
  })
})
