// Posts a webhook delivery and reports the answer.
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as SecureAgent, request as httpsRequest } from 'node:https'

export interface PostResult {
  /** Null without an answer. */
  status: number | null
  answer: string
  milliseconds: number
}

/** In milliseconds. About as long as Stripe waits, which publishes no number. */
const LONGEST_WAIT = 20_000

/** How many characters of an answer are kept. */
const LONGEST_ANSWER = 1000

/** Redirects are not followed: Stripe counts them as failures. */
export class Poster {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 32 })
  private readonly secureAgent = new SecureAgent({ keepAlive: true, maxSockets: 32 })

  post(
    url: string,
    body: string,
    headers: Record<string, string>,
    { pause, truncate }: { pause: number; truncate: boolean } = { pause: 0, truncate: false },
  ): Promise<PostResult> {
    const started = performance.now()
    const secure = url.startsWith('https:')
    const send = secure ? httpsRequest : httpRequest
    return new Promise((resolve) => {
      const finish = (status: number | null, answer: string): void =>
        resolve({ status, answer, milliseconds: Math.round(performance.now() - started) })
      const request = send(
        url,
        {
          method: 'POST',
          agent: secure ? this.secureAgent : this.agent,
          headers: { ...headers, 'Content-Length': Buffer.byteLength(body) },
          signal: AbortSignal.timeout(LONGEST_WAIT),
        },
        (response) => void readStart(response).then((text) => finish(response.statusCode ?? null, text)),
      )
      request.on('error', (error) => finish(null, reasonOf(error)))
      if (pause === 0 && !truncate) {
        request.end(body)
        return
      }
      const half = Math.floor(body.length / 2)
      request.write(body.slice(0, half), () => {
        setTimeout(() => {
          if (truncate)
            request.destroy(new Error('an injected fault broke the connection in the middle of the body'))
          else request.end(body.slice(half))
        }, pause)
      })
    })
  }

  close(): void {
    this.agent.destroy()
    this.secureAgent.destroy()
  }
}

async function readStart(response: IncomingMessage): Promise<string> {
  let text = ''
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      if (text.length < LONGEST_ANSWER) text += chunk.toString('utf8')
    }
  } catch {
    // The status has arrived, so a body that breaks off changes nothing.
  }
  return text.slice(0, LONGEST_ANSWER)
}

function reasonOf(error: NodeJS.ErrnoException): string {
  if (error.name === 'AbortError' || error.name === 'TimeoutError')
    return `no answer within ${LONGEST_WAIT / 1000} s`
  return error.code === undefined ? error.message : `${error.code}: ${error.message || 'could not connect'}`
}
