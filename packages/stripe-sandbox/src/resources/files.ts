// API operations for files.
import type Stripe from 'stripe'
import { invalidRequest, missingParameter, notFound, unsupported } from '../api/errors.js'
import { hasValues, inRange, listPage } from '../api/lists.js'
import { operation, RawAnswer } from '../api/operation.js'
import type { Account } from '../state/account.js'
import { newId } from '../state/identifiers.js'
import type { File } from '../wire.js'
import { fileType } from './file-types.js'

/** In bytes. Of other purposes the sandbox takes what fits into a request. */
const LARGEST_EVIDENCE = 5 * 1024 * 1024
const EVIDENCE_TYPES = ['pdf', 'jpg', 'png']
/** Evidence is kept for nine months. */
const EVIDENCE_SECONDS = 273 * 24 * 60 * 60

const CONTENT_TYPES: Record<string, string> = {
  pdf: 'application/pdf',
  jpg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
}

export const fileOperations = [
  operation<Stripe.FileListParams>('GET /v1/files', (call, params) => {
    const { purpose, created } = params
    return listPage(
      call,
      'file',
      call.account.all('file'),
      params,
      (file) => hasValues(file, { purpose }) && inRange(file.created, created),
    )
  }),

  operation('GET /v1/files/{file}', ({ account, id }) => requireFile(account, id)),

  operation('GET /v1/files/{file}/contents', ({ account, id }) => {
    const { type } = requireFile(account, id)
    const { base64 } = account.get('file_contents', id)
    return new RawAnswer(
      CONTENT_TYPES[type ?? ''] ?? 'application/octet-stream',
      Buffer.from(base64, 'base64'),
    )
  }),

  operation<Stripe.FileCreateParams>('POST /v1/files', ({ account, uploads }, params) => {
    const upload = uploads.find(({ param }) => param === 'file')
    if (!upload) throw missingParameter('file')
    if (params.file_link_data) throw unsupported('file links', 'file_link_data')
    const { bytes, name } = upload
    if (bytes.length === 0) throw invalidRequest('The file you uploaded is empty.', 'file')
    const type = fileType(bytes)
    const isEvidence = params.purpose === 'dispute_evidence'
    if (isEvidence && bytes.length > LARGEST_EVIDENCE)
      throw invalidRequest(`File for key file exceeds size cap of ${LARGEST_EVIDENCE}.`, 'file')
    if (isEvidence && (type === null || !EVIDENCE_TYPES.includes(type)))
      throw invalidRequest(
        'The file has an unsupported type. For the purpose dispute_evidence it must be a PDF, JPEG or PNG.',
        'file',
      )
    const id = newId('file')
    account.save('file_contents', { id, base64: bytes.toString('base64') })
    const file = account.save('file', {
      id,
      object: 'file',
      created: account.now(),
      expires_at: isEvidence ? account.now() + EVIDENCE_SECONDS : null,
      filename: name,
      links: { object: 'list', data: [], has_more: false, url: `/v1/file_links?file=${id}` },
      purpose: params.purpose,
      size: bytes.length,
      title: null,
      type: type ?? name.split('.').at(-1)?.toLowerCase() ?? null,
      url: null,
    })
    account.emit('file.created', file)
    return file
  }),
]

function requireFile(account: Account, id: string): File {
  const file = account.find('file', id)
  if (!file) throw notFound('file', id, 'file')
  return file
}
