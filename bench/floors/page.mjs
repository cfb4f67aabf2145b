// Floor for a page with Express: a constant page from the given file, or a short text.
import { readFileSync } from 'node:fs'
import express from 'express'

const [port, file] = process.argv.slice(2)
const page = file ? readFileSync(file, 'utf8') : 'It works.'

const app = express()
app.get('/ready', (_request, response) => {
  response.send('ready')
})
app.get('/pricing/:productId', (_request, response) => {
  response.send(page)
})
app.listen(Number(port), '127.0.0.1')
