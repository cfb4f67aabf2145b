// Pays an order: sends forms marked data-pay to the API and then opens Stripe's page, without a page load in between.
// Without this script, or if a request fails, the form is submitted normally with the same result.

const JSON_HEADERS = { accept: 'application/json', 'content-type': 'application/json' }

/** Errors that the shopper's list of orders explains. */
const ABOUT_ORDERS = ['already_paid', 'order_replaced', 'payment_processing']

/** The link to show with an error, if any. A guest has no list of orders. */
function linkOf({ code, status }, texts, { loginHref, ordersHref }) {
  if (status === 401) {
    const next = encodeURIComponent(location.pathname + location.search)
    return { href: `${loginHref}?next=${next}`, text: texts.signIn }
  }
  return ordersHref && ABOUT_ORDERS.includes(code) ? { href: ordersHref, text: texts.viewOrders } : undefined
}

class Refused extends Error {
  constructor(problem, status) {
    super(problem.detail || problem.title || '')
    this.code = problem.code
    this.status = status
  }
}

async function post(path, body) {
  const response = await fetch(path, { method: 'POST', headers: JSON_HEADERS, body: JSON.stringify(body) })
  const answer = await response.json().catch(() => ({}))
  if (!response.ok) throw new Refused(answer, response.status)
  return answer
}

/** The page passes this script its texts in the visitor's language. */
function textsOf(form) {
  return JSON.parse(form.dataset.texts)
}

function wait(form, waiting) {
  const button = form.querySelector('.button--main')
  button.dataset.label ??= button.textContent
  button.textContent = waiting ? textsOf(form).openingStripe : button.dataset.label
  button.disabled = waiting
  form.setAttribute('aria-busy', String(waiting))
  if (!waiting && form.dataset.pay === 'waiting') button.focus()
  form.dataset.pay = waiting ? 'waiting' : ''
}

function say(form, error) {
  const region = form.querySelector('[data-checkout-error]')
  region.replaceChildren()
  region.hidden = !error
  if (!error) return
  const sentence = document.createElement('p')
  const texts = textsOf(form)
  sentence.textContent = error.message || texts.failed
  region.append(sentence)
  const target = linkOf(error, texts, form.dataset)
  if (target) {
    const link = document.createElement('a')
    link.href = target.href
    link.textContent = target.text
    sentence.append(' ', link)
  }
}

async function pay(form) {
  say(form, null)
  wait(form, true)
  try {
    const { checkout_url: url } = await post('/api/payments/create-session', {
      order_id: form.dataset.orderId,
    })
    location.assign(url)
  } catch (error) {
    if (!(error instanceof Refused)) return form.submit()
    wait(form, false)
    say(form, error)
  }
}

for (const form of document.querySelectorAll('form[data-pay]')) {
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    if (form.dataset.pay !== 'waiting') void pay(form)
  })
  // The Back button from Stripe restores this page from the browser's cache, where the form is still waiting.
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) wait(form, false)
  })
}
