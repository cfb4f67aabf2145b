// Parses multipart requests, with which files are uploaded.
import { createHash } from 'node:crypto'
import { invalidRequest } from './errors.js'

/** A file as it was uploaded. */
export interface Upload {
  /** The parameter that holds it. */
  param: string
  name: string
  bytes: Buffer
}

/** Text parameters as a form, in which the hash of each file stands for it, and the files. */
export interface ReadBody {
  form: string
  uploads: Upload[]
}

export function isMultipart(contentType: string): boolean {
  return /^multipart\/form-data\b/i.test(contentType)
}

/** @throws StripeApiError when the body is not what its type says */
export async function parseMultipart(body: Buffer, contentType: string): Promise<ReadBody> {
  const data = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } })
    // Advised against for servers of untrusted bodies of any size. This one has been read, and its size is limited.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    .formData()
    .catch(() => {
      throw invalidRequest('Invalid multipart/form-data request.')
    })
  const form = new URLSearchParams()
  const uploads: Upload[] = []
  for (const [param, value] of data) {
    if (typeof value === 'string') {
      form.append(param, value)
      continue
    }
    const bytes = Buffer.from(await value.arrayBuffer())
    uploads.push({ param, name: value.name, bytes })
    form.append(param, createHash('sha256').update(bytes).digest('hex'))
  }
  return { form: form.toString(), uploads }
}
