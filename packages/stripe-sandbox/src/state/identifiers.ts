// Makes ids with Stripe's prefixes, and stable text from a hash.
import { createHash, randomBytes } from 'node:crypto'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Stripe's prefixes, and how many characters follow: only letters and digits, as the official CLI requires. */
const SHAPES = {
  balance_transaction: ['txn_3', 23],
  card: ['card_1', 23],
  charge: ['ch_3', 23],
  'checkout.session': ['cs_test_a1', 56],
  cli_conversation: ['wc_', 24],
  cli_session: ['cliws_', 32],
  customer: ['cus_', 14],
  discount: ['di_1', 23],
  dispute: ['dp_1', 23],
  event: ['evt_1', 23],
  file: ['file_1', 23],
  invoice: ['in_1', 23],
  invoice_line: ['il_1', 23],
  invoice_payment: ['inpay_1', 23],
  invoiceitem: ['ii_1', 23],
  job: ['job_', 16],
  line_item: ['li_1', 23],
  mandate: ['mandate_1', 23],
  payment_link: ['plink_1', 23],
  'billing_portal.configuration': ['bpc_1', 23],
  'billing_portal.session': ['bps_1', 23],
  payment_intent: ['pi_3', 23],
  payment_method: ['pm_1', 23],
  price: ['price_1', 23],
  product: ['prod_', 14],
  promotion_code: ['promo_1', 23],
  'radar.early_fraud_warning': ['issfr_1', 23],
  refund: ['re_3', 23],
  request: ['req_', 14],
  setup_intent: ['seti_1', 23],
  subscription: ['sub_1', 23],
  subscription_item: ['si_', 14],
  tax_id: ['txi_1', 23],
  tax_rate: ['txr_1', 23],
  'test_helpers.test_clock': ['clock_1', 23],
  shipping_rate: ['shr_1', 23],
  webhook_endpoint: ['we_1', 23],
  webhook_secret: ['whsec_', 32],
  secret_key: ['sk_test_', 32],
} as const

export function newId(kind: keyof typeof SHAPES): string {
  const [prefix, length] = SHAPES[kind]
  return prefix + randomText(length)
}

/** Random bytes are fetched in bulk: one payment makes about twenty ids. */
let pool = Buffer.alloc(0)
let used = 0

export function randomText(length: number): string {
  let text = ''
  while (text.length < length) {
    if (used === pool.length) {
      pool = randomBytes(4096)
      used = 0
    }
    const byte = pool[used++] ?? 255
    // 248 is the largest multiple of 62 below 256. Larger bytes would make some letters more likely.
    if (byte < 248) text += ALPHABET.charAt(byte % 62)
  }
  return text
}

/** The same text always gives the same result, so that accounts and fingerprints survive a restart. */
export function derivedText(source: string, length: number): string {
  const digest = createHash('sha256').update(source).digest()
  let text = ''
  for (let index = 0; index < length; index++) text += ALPHABET.charAt((digest[index % 32] ?? 0) % 62)
  return text
}
