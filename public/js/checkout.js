// Takes the shopper from a form marked data-checkout to Stripe's page without a page load in between.
// Without this script, or without a network answer, the form is sent the ordinary way and does the same.

const JSON_HEADERS = { accept: 'application/json', 'content-type': 'application/json' }

const ORDERS = { href: '/account/orders', text: 'See your orders' }
/** Where a refusal leads, by its code: what the shopper should look at is not on this page. */
const LINKS = { already_paid: ORDERS, order_replaced: ORDERS, payment_processing: ORDERS }

function signIn() {
  const next = encodeURIComponent(location.pathname + location.search)
  return { href: `/login?next=${next}`, text: 'Sign in' }
}

class Refused extends Error {
  constructor(problem, status) {
    super(problem.detail || problem.title || 'That did not work. Please try again in a moment.')
    this.link = status === 401 ? signIn() : LINKS[problem.code]
  }
}

async function post(path, body) {
  const response = await fetch(path, { method: 'POST', headers: JSON_HEADERS, body: JSON.stringify(body) })
  const answer = await response.json().catch(() => ({}))
  if (!response.ok) throw new Refused(answer, response.status)
  return answer
}

/** The order to pay: the one of this page, or a new one, made once even if paying is tried again. */
async function orderOf(form) {
  if (!form.dataset.orderId) {
    const quantity = Number(new FormData(form).get('quantity') || 1)
    const items = [{ product_id: Number(form.dataset.productId), quantity }]
    const order = await post('/api/orders', { items })
    form.dataset.orderId = order.order_id
    form.action = `/orders/${encodeURIComponent(order.order_id)}/pay`
  }
  return form.dataset.orderId
}

function wait(form, waiting) {
  const button = form.querySelector('button[type="submit"]')
  button.dataset.label ??= button.textContent
  button.textContent = waiting ? 'Opening Stripe’s page …' : button.dataset.label
  button.disabled = waiting
  form.setAttribute('aria-busy', String(waiting))
  if (!waiting && form.dataset.checkout === 'waiting') button.focus()
  form.dataset.checkout = waiting ? 'waiting' : ''
}

function say(form, error) {
  const region = form.querySelector('[data-checkout-error]')
  region.replaceChildren()
  region.hidden = !error
  if (!error) return
  const sentence = document.createElement('p')
  sentence.textContent = error.message
  region.append(sentence)
  if (error.link) {
    const link = document.createElement('a')
    link.href = error.link.href
    link.textContent = error.link.text
    sentence.append(' ', link)
  }
}

async function pay(form) {
  say(form, null)
  wait(form, true)
  try {
    const { checkout_url: url } = await post('/api/payments/create-session', {
      order_id: await orderOf(form),
    })
    location.assign(url)
  } catch (error) {
    if (!(error instanceof Refused)) return form.submit()
    wait(form, false)
    say(form, error)
  }
}

for (const form of document.querySelectorAll('form[data-checkout]')) {
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    if (form.dataset.checkout !== 'waiting') void pay(form)
  })
  // Coming back from Stripe with the browser's Back button shows this page as it was left: still waiting.
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) wait(form, false)
  })
}
