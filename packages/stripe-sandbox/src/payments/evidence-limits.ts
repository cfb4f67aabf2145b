// What banks accept as evidence: lengths of texts, sizes of files, and pages.
import { invalidRequest, noSuch, StripeApiError } from '../api/errors.js'
import { pagesOf } from '../resources/file-types.js'
import type { Account } from '../state/account.js'
import type { Dispute, File } from '../wire.js'

/** Evidence that is a file's id. */
const FILE_FIELDS = [
  'cancellation_policy',
  'customer_communication',
  'customer_signature',
  'duplicate_charge_documentation',
  'receipt',
  'refund_policy',
  'service_documentation',
  'shipping_documentation',
  'uncategorized_file',
] as const

/** In characters. A single field may have 20,000; `api/parameters.ts` checks that. */
const LONGEST_TEXTS = 150_000
/** In bytes, over all files. */
const LARGEST_FILES = 4.5 * 1024 * 1024
/** Networks that limit the pages of an answer. */
const MOST_PAGES: Record<string, number> = { mastercard: 19 }
/** An estimate, as Stripe's is: the characters that fill a page. */
const CHARACTERS_PER_PAGE = 3000

/**
 * Checks the evidence as it would be saved.
 * @throws StripeApiError for evidence that Stripe would refuse
 */
export function checkEvidence(account: Account, dispute: Dispute): void {
  const { evidence } = dispute
  const files = new Map<string, File>()
  for (const field of FILE_FIELDS) {
    const id = evidence[field]
    if (typeof id === 'string') files.set(id, requireEvidence(account, id, `evidence[${field}]`))
  }
  for (const id of evidence.appeal?.card?.supporting_files ?? [])
    if (typeof id === 'string')
      files.set(id, requireEvidence(account, id, 'evidence[appeal][card][supporting_files]'))
  const bytes = [...files.values()].reduce((sum, { size }) => sum + size, 0)
  if (bytes > LARGEST_FILES)
    throw invalidRequest('The combined size of your files exceeds 4.5 MB.', 'evidence')
  const characters = Object.entries(evidence)
    .filter(([field]) => !FILE_FIELDS.some((file) => file === field))
    .reduce((sum, [, value]) => sum + (typeof value === 'string' ? value.length : 0), 0)
  if (characters > LONGEST_TEXTS)
    throw invalidRequest(
      `The combined character count of your evidence is ${characters}; it must be at most ${LONGEST_TEXTS}.`,
      'evidence',
    )
  checkPages(account, dispute, [...files.keys()], characters)
}

function checkPages(account: Account, dispute: Dispute, files: string[], characters: number): void {
  const most = MOST_PAGES[dispute.payment_method_details?.card?.network ?? '']
  if (most === undefined) return
  const pages =
    Math.ceil(characters / CHARACTERS_PER_PAGE) +
    files.reduce(
      (sum, id) => sum + pagesOf(Buffer.from(account.get('file_contents', id).base64, 'base64')),
      0,
    )
  if (pages <= most) return
  throw new StripeApiError(400, {
    type: 'invalid_request_error',
    code: 'dispute_evidence_page_limit_exceeded',
    message: `The estimated page count of your evidence is ${pages}. The card network accepts at most ${most} pages.`,
    param: 'evidence',
  })
}

function requireEvidence(account: Account, id: string, param: string): File {
  const file = account.find('file', id)
  if (!file) throw noSuch('file', id, param)
  if (file.purpose !== 'dispute_evidence')
    throw invalidRequest(`The file ${id} must have the purpose dispute_evidence.`, param)
  return file
}
