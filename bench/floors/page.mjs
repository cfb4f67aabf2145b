// Floor for a page with Express: a constant answer from the given file, of the given type, or a short text.
import { readFileSync } from 'node:fs'
import express from 'express'

const [port, file, type = 'text/html'] = process.argv.slice(2)
const page = file ? readFileSync(file, 'utf8') : 'It works.'

const app = express()
app.get('/ready', (_request, response) => {
  response.send('ready')
})
app.get(['/pricing', '/pricing/:productId', '/api/products/:productId'], (_request, response) => {
  response.type(type).send(page)
})
app.listen(Number(port), '127.0.0.1')
