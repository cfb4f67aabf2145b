// Idempotency keys: answers that are kept, and requests that are still running.
import { createHash } from 'node:crypto'
import type { Account } from '../state/account.js'
import type { StoredAnswer } from '../state/records.js'
import { invalidRequest, StripeApiError } from './errors.js'

/** How long answers are kept, and how many per account. */
const LIFETIME = 24 * 60 * 60
const MOST_ANSWERS = 10_000

const LONGEST_KEY = 255

/** The idempotency keys of requests that are running, so that a second request with the same key is refused. */
export class RunningKeys {
  private readonly running = new Set<string>()

  /** Claims a key for one request. Call the result to release it. */
  claim(accountId: string, key: string): () => void {
    const name = `${accountId}/${key}`
    if (this.running.has(name)) {
      throw new StripeApiError(409, {
        type: 'idempotency_error',
        code: 'idempotency_key_in_use',
        message: `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
      })
    }
    this.running.add(name)
    return () => this.running.delete(name)
  }
}

export function readKey(header: string | undefined): string | null {
  if (header === undefined || header === '') return null
  if (header.length > LONGEST_KEY) {
    throw invalidRequest(
      `Idempotency-Key must be at most ${LONGEST_KEY} characters long; you provided ${header.length}.`,
      'Idempotency-Key',
    )
  }
  return header
}

/** A fingerprint of a request: equal for the same operation and parameters, in any order. */
export function fingerprint(path: string, form: string): string {
  const pairs = [...new URLSearchParams(form)].map(([name, value]) => JSON.stringify([name, value])).sort()
  return createHash('sha256')
    .update(JSON.stringify([path, pairs]))
    .digest('base64url')
}

/**
 * The stored answer for this key, if it is still kept.
 * @throws StripeApiError when the key was used for another request
 */
export function earlierAnswer(account: Account, key: string, print: string): StoredAnswer | undefined {
  const answer = account.find('stored_answer', key)
  if (!answer || answer.at + LIFETIME < account.now()) return undefined
  if (answer.fingerprint !== print) {
    throw new StripeApiError(400, {
      type: 'idempotency_error',
      message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
    })
  }
  return answer
}

export function keepAnswer(account: Account, answer: Omit<StoredAnswer, 'at'>): void {
  const answers = account.all('stored_answer')
  for (const oldest of answers.oldestFirst()) {
    if (answers.size < MOST_ANSWERS && oldest.at + LIFETIME >= account.now()) break
    account.remove('stored_answer', oldest.id)
  }
  // Removed first, so that an expired key that is used again counts as new.
  if (answers.get(answer.id)) account.remove('stored_answer', answer.id)
  account.save('stored_answer', { ...answer, at: account.now() })
}
