// A load balancer: sends each request to the next running shop.
import { Agent, createServer, request as ask } from 'node:http'
import type { AddressInfo } from 'node:net'

export class Balancer {
  url = ''
  /** Webhook responses by shop and status, for example "http://127.0.0.1:3000 200". */
  readonly webhookAnswers: Record<string, number> = {}
  private shops: readonly string[] = []
  private turn = 0
  // A new connection per request: a shop that stops may close an idle one.
  private readonly agent = new Agent({ keepAlive: false })
  private readonly server = createServer((incoming, outgoing) => {
    const shop = this.shops[this.turn++ % this.shops.length] ?? ''
    const { method, headers, url = '/' } = incoming
    const passed = ask(shop + url, { method, headers, agent: this.agent }, (answer) => {
      if (url === '/stripe/webhook') this.count(`${shop} ${answer.statusCode}`)
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    passed.on('error', () => {
      if (url === '/stripe/webhook') this.count(`${shop} no answer`)
      outgoing.destroy()
    })
    incoming.pipe(passed)
  })

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(port, '127.0.0.1', resolve))
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  /** Sends requests to these shops in turn from now on. */
  sendTo(...shops: { url: string }[]): void {
    this.shops = shops.map(({ url }) => url)
  }

  close(): void {
    this.server.close()
    this.server.closeAllConnections()
  }

  private count(answer: string): void {
    this.webhookAnswers[answer] = (this.webhookAnswers[answer] ?? 0) + 1
  }
}
