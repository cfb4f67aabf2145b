// Floor for a webhook: verify the signature, store the event unless it is a duplicate, respond after the commit.
// "each": one INSERT and commit per delivery. "group": deliveries that are waiting share an INSERT and commit.
import { Buffer } from 'node:buffer'
import cluster from 'node:cluster'
import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import pg from 'pg'

const [port, connectionString, secret, mode, processes] = process.argv.slice(2)

if (cluster.isPrimary && Number(processes) > 1) {
  for (let count = 0; count < Number(processes); count++) cluster.fork()
  process.on('SIGTERM', () => {
    for (const worker of Object.values(cluster.workers)) worker.process.kill('SIGTERM')
    process.exit()
  })
} else {
  serve()
}

function serve() {
  const pool = new pg.Pool({ connectionString, max: 10 })
  const keep = mode === 'group' ? inGroups(pool) : each(pool)
  createServer((request, response) => {
    if (request.method === 'GET') {
      response.end('ready')
      return
    }
    const chunks = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', async () => {
      const body = Buffer.concat(chunks)
      if (!isSigned(body, request.headers['stripe-signature'])) {
        response.writeHead(400).end()
        return
      }
      const text = body.toString()
      await keep(JSON.parse(text).id, text)
      response.setHeader('Content-Type', 'application/json')
      response.end('{"received":true}')
    })
  }).listen(Number(port), '127.0.0.1')
}

function isSigned(body, header) {
  const [, time, signature] = /^t=(\d+),v1=([0-9a-f]{64})/.exec(header ?? '') ?? []
  if (!signature) return false
  const expected = createHmac('sha256', secret).update(`${time}.`).update(body).digest()
  return timingSafeEqual(expected, Buffer.from(signature, 'hex'))
}

function each(pool) {
  return (id, text) =>
    pool.query('INSERT INTO delivery (id, payload) VALUES ($1, $2) ON CONFLICT DO NOTHING', [id, text])
}

function inGroups(pool) {
  let waiting = []
  let busy = false
  async function work() {
    if (busy) return
    busy = true
    while (waiting.length > 0) {
      const group = waiting
      waiting = []
      await pool.query(
        'INSERT INTO delivery (id, payload) SELECT * FROM unnest($1::text[], $2::jsonb[]) ON CONFLICT DO NOTHING',
        [group.map((one) => one.id), group.map((one) => one.text)],
      )
      for (const { resolve } of group) resolve()
    }
    busy = false
  }
  return (id, text) =>
    new Promise((resolve) => {
      waiting.push({ id, text, resolve })
      void work()
    })
}
