// Floor for a purchase with Express, as one would write it by hand: find the session, read the price, store order, item,
// stock and attempt in one transaction, create the session with Stripe's SDK, keep its id, redirect.
import connectPgSimple from 'connect-pg-simple'
import express from 'express'
import session from 'express-session'
import pg from 'pg'
import Stripe from 'stripe'

const [port, connectionString, secret, stripeUrl, stripeKey] = process.argv.slice(2)
const pool = new pg.Pool({ connectionString, max: 10 })
const { hostname: host, port: stripePort } = new URL(stripeUrl)
const stripe = new Stripe(stripeKey, { host, port: stripePort, protocol: 'http', telemetry: false })
const store = new (connectPgSimple(session))({ pool, disableTouch: true, pruneSessionInterval: false })

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
  const quantity = Number(request.body.quantity)
  const { rows } = await pool.query('SELECT id, name, price FROM product WHERE id = $1', [
    request.params.productId,
  ])
  const order = await placeOrder(shopper, rows[0], quantity)
  const checkout = await openSession(shopper, rows[0], quantity, order)
  await pool.query('UPDATE attempt SET session = $2, url = $3 WHERE id = $1', [
    order.attempt,
    checkout.id,
    checkout.url,
  ])
  response.redirect(303, checkout.url)
})
app.listen(Number(port), '127.0.0.1')

async function placeOrder(shopper, product, quantity) {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    const order = await client.query('INSERT INTO purchase (shopper, total) VALUES ($1, $2) RETURNING id', [
      shopper.id,
      product.price * quantity,
    ])
    const { id } = order.rows[0]
    await client.query(
      'INSERT INTO item (purchase, product, name, price, quantity) VALUES ($1, $2, $3, $4, $5)',
      [id, product.id, product.name, product.price, quantity],
    )
    const taken = await client.query(
      'UPDATE product SET stock = stock - $2 WHERE id = $1 AND stock >= $2 RETURNING stock',
      [product.id, quantity],
    )
    if (taken.rowCount === 0) throw new Error('sold out')
    const attempt = await client.query('INSERT INTO attempt (purchase) VALUES ($1) RETURNING id', [id])
    await client.query('COMMIT')
    return { id, attempt: attempt.rows[0].id }
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  } finally {
    client.release()
  }
}

function openSession(shopper, product, quantity, order) {
  const { name, price: unit_amount } = product
  return stripe.checkout.sessions.create(
    {
      mode: 'payment',
      client_reference_id: String(order.id),
      customer_email: shopper.email,
      metadata: { user_email: shopper.email },
      line_items: [{ quantity, price_data: { currency: 'usd', unit_amount, product_data: { name } } }],
      success_url: 'https://shop.example/success?session_id={CHECKOUT_SESSION_ID}',
      cancel_url: 'https://shop.example/',
    },
    { idempotencyKey: `attempt-${order.attempt}` },
  )
}
