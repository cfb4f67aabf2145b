// The least that a webhook can do: is it signed, has it come before, keep it, answer when that is committed.
import { Buffer } from 'node:buffer'
import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import pg from 'pg'

const [port, connectionString, secret] = process.argv.slice(2)
const pool = new pg.Pool({ connectionString, max: 10 })

function isSigned(body, header) {
  const [, time, signature] = /^t=(\d+),v1=([0-9a-f]{64})/.exec(header ?? '') ?? []
  if (!signature) return false
  const expected = createHmac('sha256', secret).update(`${time}.`).update(body).digest()
  return timingSafeEqual(expected, Buffer.from(signature, 'hex'))
}

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
    await pool.query('INSERT INTO delivery (id, payload) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
      JSON.parse(text).id,
      text,
    ])
    response.setHeader('Content-Type', 'application/json')
    response.end('{"received":true}')
  })
}).listen(Number(port), '127.0.0.1')
