// Floor for a purchase with Express: find the session, read the price, store the order, redirect.
// Sessions are in memory, so a request takes one SELECT and one INSERT.
import express from 'express'
import session from 'express-session'
import pg from 'pg'

const [port, connectionString, secret, shoppers] = process.argv.slice(2)
const pool = new pg.Pool({ connectionString, max: 10 })
const store = new session.MemoryStore()
for (let shopper = 1; shopper <= Number(shoppers); shopper++) {
  store.set(`shopper-${shopper}`, { cookie: { path: '/', httpOnly: true }, shopper })
}

const app = express()
app.get('/ready', (_request, response) => {
  response.send('ready')
})
app.use(express.urlencoded({ extended: false }))
app.use(session({ name: 'till', secret, store, resave: false, saveUninitialized: false }))
app.post('/checkout/:productId', async (request, response) => {
  const { shopper } = request.session
  if (!shopper) {
    response.redirect(303, '/login')
    return
  }
  const { rows } = await pool.query('SELECT price FROM product WHERE id = $1', [request.params.productId])
  const quantity = Number(request.body.quantity)
  const order = await pool.query(
    'INSERT INTO purchase (shopper, product, quantity, total) VALUES ($1, $2, $3, $4) RETURNING id',
    [shopper, request.params.productId, quantity, rows[0].price * quantity],
  )
  response.redirect(303, `https://checkout.example/pay/${order.rows[0].id}`)
})
app.listen(Number(port), '127.0.0.1')
