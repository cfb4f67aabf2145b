// What an answer to a dispute is made of: Stripe's fields, with their limits. Source: https://docs.stripe.com/disputes/responding

/** Characters. */
export const LONGEST_TEXTS = 150_000
const LONG = 20_000
const SHORT = 5000
/** Bytes. */
export const LARGEST_FILE = 5 * 1024 * 1024
export const LARGEST_FILES = 4.5 * 1024 * 1024
/** Networks that limit the pages of an answer, texts included. */
export const MOST_PAGES: Readonly<Record<string, number>> = { mastercard: 19 }
/** An estimate of how many characters fill a page. */
export const CHARACTERS_PER_PAGE = 3000

interface TextField {
  label: string
  max: number
  /** Lines of its input. 1: a single line. */
  rows: number
  hint?: string
}

const line = (label: string, hint?: string): TextField => ({
  label,
  max: SHORT,
  rows: 1,
  ...(hint && { hint }),
})
const area = (label: string, hint?: string): TextField => ({
  label,
  max: LONG,
  rows: 5,
  ...(hint && { hint }),
})

const TEXT_FIELDS = {
  customer_name: line('Customer’s name'),
  customer_email_address: line('Customer’s email'),
  customer_purchase_ip: line('IP address of the purchase', 'Till doesn’t keep it.'),
  billing_address: line('Billing address'),
  product_description: area('What was bought'),
  service_date: line('Date of the service', 'For services and downloads: when the customer got it.'),
  access_activity_log: area('Activity log', 'For downloads: when the customer signed in and what they used.'),
  shipping_address: line('Delivery address'),
  shipping_carrier: line('Carrier'),
  shipping_tracking_number: line('Tracking number'),
  shipping_date: line('Date of shipping'),
  refund_policy_disclosure: area('How the customer was shown your refund policy'),
  refund_refusal_explanation: area('Why they are not due a refund'),
  cancellation_policy_disclosure: area('How the customer was shown your cancellation policy'),
  cancellation_rebuttal: area('Why the order was not canceled in time'),
  duplicate_charge_id: line('The other payment', 'Stripe’s id of the charge that this one seems to repeat.'),
  duplicate_charge_explanation: area('Why it is not the same purchase'),
  uncategorized_text: area('Anything else', 'Begin with what proves your case. The bank sees no links.'),
  compelling_kind: line('What was sold', 'Visa’s word: merchandise or services.'),
  compelling_order_1: line('First earlier order', 'Its number.'),
  compelling_ip_1: line(
    'IP address of the first earlier order',
    'If you know it. Stripe adds what it knows.',
  ),
  compelling_order_2: line('Second earlier order', 'Its number.'),
  compelling_ip_2: line(
    'IP address of the second earlier order',
    'If you know it. Stripe adds what it knows.',
  ),
} as const satisfies Record<string, TextField>

export type TextName = keyof typeof TEXT_FIELDS

const FILE_FIELDS = {
  receipt: 'Receipt',
  customer_communication: 'Messages to and from the customer',
  shipping_documentation: 'Proof of shipping',
  service_documentation: 'Proof of the service',
  customer_signature: 'Customer’s signature',
  refund_policy: 'Refund policy',
  cancellation_policy: 'Cancellation policy',
  duplicate_charge_documentation: 'Documents about the other payment',
  uncategorized_file: 'Another file',
} as const

export type FileName = keyof typeof FILE_FIELDS

/** Appeals have a reason and files. */
const APPEAL_TEXT = {
  reason_for_filing: area('Why the decision is wrong', 'The bank reads this first.'),
}
const APPEAL_FILES = {
  appeal_file_1: 'Supporting file',
  appeal_file_2: 'Second file',
  appeal_file_3: 'Third file',
} as const

/** Groups of the form. */
export const GROUPS: readonly { title: string; texts: readonly TextName[]; files: readonly FileName[] }[] = [
  {
    title: 'Customer',
    texts: ['customer_name', 'customer_email_address', 'customer_purchase_ip', 'billing_address'],
    files: ['receipt', 'customer_communication', 'customer_signature'],
  },
  {
    title: 'What was bought',
    texts: ['product_description', 'service_date', 'access_activity_log'],
    files: ['service_documentation'],
  },
  {
    title: 'Delivery',
    texts: ['shipping_address', 'shipping_carrier', 'shipping_tracking_number', 'shipping_date'],
    files: ['shipping_documentation'],
  },
  {
    title: 'Refunds and cancellation',
    texts: [
      'refund_policy_disclosure',
      'refund_refusal_explanation',
      'cancellation_policy_disclosure',
      'cancellation_rebuttal',
    ],
    files: ['refund_policy', 'cancellation_policy'],
  },
  {
    title: 'Another payment',
    texts: ['duplicate_charge_id', 'duplicate_charge_explanation'],
    files: ['duplicate_charge_documentation'],
  },
  { title: 'Anything else', texts: ['uncategorized_text'], files: ['uncategorized_file'] },
]

/** Fields about earlier orders, which the shop turns into Stripe's `enhanced_evidence`. */
export const COMPELLING_FIELDS = [
  'compelling_kind',
  'compelling_order_1',
  'compelling_ip_1',
  'compelling_order_2',
  'compelling_ip_2',
] as const satisfies readonly TextName[]

/** The group of a dispute that two earlier orders can answer. */
export const COMPELLING_GROUP = {
  title: 'Earlier orders (Visa Compelling Evidence 3.0)',
  texts: COMPELLING_FIELDS,
  files: [],
} as const

/** An answer's parts at each stage. */
export const STAGES = ['inquiry', 'dispute', 'appeal'] as const
export type Stage = (typeof STAGES)[number]

export function textFieldsOf(stage: Stage): Readonly<Record<string, TextField>> {
  return stage === 'appeal' ? APPEAL_TEXT : TEXT_FIELDS
}

export function fileFieldsOf(stage: Stage): Readonly<Record<string, string>> {
  return stage === 'appeal' ? APPEAL_FILES : FILE_FIELDS
}
