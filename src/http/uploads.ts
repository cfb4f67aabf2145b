// Reads forms that carry files (multipart/form-data), in memory.
import type { Readable } from 'node:stream'
import { Busboy, type BusboyInstance } from '@fastify/busboy'
import type { Request, RequestHandler } from 'express'
import { t } from '../messages/index.js'
import { badRequest, Problem } from './problem.js'

export interface Upload {
  /** The form's field. */
  field: string
  /** The file's name as the browser sent it, without folders. Nothing may rely on it. */
  name: string
  /** Null if the file has more bytes than one may have. */
  content: Buffer | null
}

export interface UploadLimits {
  /** The most files in one form. */
  files: number
  /** The most bytes in each. */
  bytesPerFile: number
  /** The most bytes in all together. By default what `files` of `bytesPerFile` have. */
  bytes?: number
  /** The most bytes in all texts of the form. */
  textBytes?: number
  /** The most fields of text. */
  fields?: number
}

/** As for forms without files. */
const FIELDS = 500
const TEXT_BYTES = 32 * 1024
const NAME_BYTES = 100
/** What the lines between the parts of a form take. */
const PART_OVERHEAD = 1024
const MEBIBYTE = 1024 * 1024

/**
 * Puts the files of the form into `request.uploads`, and its other fields into `request.body`, as the parser of plain forms does.
 * Plain forms pass. Mount it on single routes, after the check of who asks.
 * @throws Problem 413 for more than the limits, 400 for what is no form. What follows is then not kept
 */
export function readUploads(limits: UploadLimits): RequestHandler {
  return async (request, _response, next) => {
    request.uploads = []
    if (!request.is('multipart/form-data')) {
      next()
      return
    }
    const form = await readForm(request, limits)
    request.uploads = form.uploads
    request.body = form.fields
    next()
  }
}

interface Form {
  uploads: Upload[]
  fields: Record<string, string | string[]>
}

async function readForm(request: Request, limits: UploadLimits): Promise<Form> {
  const texts = t().errors
  const { files, bytesPerFile, bytes = files * bytesPerFile } = limits
  const { textBytes = TEXT_BYTES, fields = FIELDS } = limits
  const tooLarge = () =>
    new Problem(
      413,
      'upload_too_large',
      texts.unreadableTitle,
      texts.filesTooLarge(Math.floor(bytes / MEBIBYTE)),
    )
  const most = bytes + textBytes + (fields + files) * PART_OVERHEAD
  if (Number(request.get('content-length') ?? 0) > most) {
    request.resume()
    throw tooLarge()
  }
  const parser = openParser(request, { files, bytesPerFile, textBytes, fields })
  const form: Form = { uploads: [], fields: {} }
  let fileBytes = 0
  let fieldBytes = 0
  const reading: Promise<void>[] = []
  return new Promise<Form>((resolve, reject) => {
    const fail = (error: Error) => {
      request.unpipe(parser)
      // The rest is read and dropped, so that the browser gets to read the answer.
      request.resume()
      parser.removeAllListeners()
      parser.on('error', () => undefined)
      reject(error)
    }
    const isRefused = () => parser.listenerCount('finish') === 0
    parser.on('file', (field, stream, name) => {
      const upload: Upload = { field, name, content: null }
      form.uploads.push(upload)
      const counted = (length: number) => {
        fileBytes += length
        if (fileBytes > bytes && !isRefused()) fail(tooLarge())
      }
      reading.push(
        collect(stream, counted).then((content) => {
          upload.content = stream.truncated ? null : content
        }),
      )
    })
    parser.on('field', (name, value, isNameCut, isValueCut) => {
      fieldBytes += Buffer.byteLength(value)
      if (isNameCut || isValueCut || fieldBytes > textBytes)
        fail(new Problem(413, 'body_too_large', texts.unreadableTitle, texts.bodyTooLarge))
      else if (name.includes('\0') || value.includes('\0'))
        fail(badRequest('malformed_request', texts.nullByte))
      else addField(form.fields, name, value)
    })
    parser.on('filesLimit', () =>
      fail(new Problem(413, 'too_many_files', texts.unreadableTitle, texts.tooManyFiles(files))),
    )
    parser.on('fieldsLimit', () =>
      fail(new Problem(413, 'too_many_parameters', texts.unreadableTitle, texts.tooManyFields)),
    )
    parser.on('error', (error) => fail(malformed(error)))
    parser.on('finish', () => {
      Promise.all(reading).then(() => {
        // A file field that is left empty is sent as a file without a name.
        const uploads = form.uploads.filter(({ name, content }) => name !== '' || content?.length !== 0)
        resolve({ ...form, uploads })
      }, fail)
    })
    request.once('aborted', () => fail(badRequest('request_aborted', texts.bodyAborted)))
    request.pipe(parser)
  })
}

function openParser(
  request: Request,
  { files, bytesPerFile, textBytes, fields }: Required<Omit<UploadLimits, 'bytes'>>,
): BusboyInstance {
  try {
    return new Busboy({
      headers: { ...request.headers, 'content-type': request.get('content-type') ?? '' },
      limits: {
        files,
        fileSize: bytesPerFile,
        fields,
        fieldSize: textBytes,
        fieldNameSize: NAME_BYTES,
        headerPairs: 20,
        headerSize: 8 * 1024,
      },
    })
  } catch (error) {
    request.resume()
    throw malformed(error)
  }
}

/** The whole file. @param counted is told how many bytes have come each time */
async function collect(stream: Readable, counted: (bytes: number) => void): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of stream) {
    parts.push(part as Buffer)
    counted((part as Buffer).length)
  }
  return Buffer.concat(parts)
}

/** Fields that are sent several times become a list, as in plain forms. Names of methods are names like any other. */
function addField(fields: Form['fields'], name: string, value: string): void {
  const before = Object.hasOwn(fields, name) ? fields[name] : undefined
  const both = before === undefined ? value : [before, value].flat()
  Object.defineProperty(fields, name, { value: both, enumerable: true, writable: true, configurable: true })
}

function malformed(cause: unknown): Problem {
  const texts = t().errors
  return new Problem(400, 'malformed_body', texts.unreadableTitle, texts.bodyMalformed, { cause })
}

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- Express's own types are extended this way
  namespace Express {
    interface Request {
      /** The files of the form, where `readUploads` is mounted. */
      uploads?: Upload[]
    }
  }
}
