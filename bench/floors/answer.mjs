// Floor for a JSON server: node:http reads the whole request and sends a constant response (the given file). It counts
// POSTs: /count/0 resets the count, /arrived/100 responds once it is reached, /status/503 sets the status from then on.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'

const [port, file] = process.argv.slice(2)
const answer = readFileSync(file)
let status = 200
let count = 0
let waiting

createServer((request, response) => {
  if (request.method === 'GET') {
    const [, name, number] = request.url.split('/')
    if (name === 'count') count = Number(number)
    if (name === 'status') status = Number(number)
    if (name === 'arrived' && count < Number(number)) {
      waiting = { number: Number(number), response }
      return
    }
    response.end('ready')
    return
  }
  request.resume().on('end', () => {
    response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': answer.length })
    response.end(answer)
    count += 1
    if (waiting && count >= waiting.number) {
      waiting.response.end('ready')
      waiting = undefined
    }
  })
}).listen(Number(port), '127.0.0.1')
