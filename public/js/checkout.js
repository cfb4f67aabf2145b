// Updates the checkout page when the country or the delivery is changed, and sends its form once, however often Pay is
// clicked. Without this script, a button shows the page again, and the shop is safe from double clicks.

const form = document.querySelector('form[data-checkout]')
const texts = JSON.parse(form.dataset.texts)

/** The fields that the page's address has, by what it calls them. */
const CHOSEN = {
  variant: 'variant_id',
  quantity: 'quantity',
  currency: 'currency',
  country: 'country',
  rate: 'rate',
}

/** Counts updates: only the last one is shown. */
let updates = 0

/** The page for what is chosen now. */
function address() {
  const fields = new FormData(form)
  const url = new URL(form.action)
  for (const [name, field] of Object.entries(CHOSEN)) {
    const value = fields.get(field)
    if (value) url.searchParams.set(name, value)
  }
  return url.href
}

async function update() {
  const turn = ++updates
  const href = address()
  form.setAttribute('aria-busy', 'true')
  try {
    const response = await fetch(href, { headers: { accept: 'text/html' } })
    const page = new DOMParser().parseFromString(await response.text(), 'text/html')
    if (turn !== updates) return
    // Another page: the shopper was signed out, or the cart was emptied.
    if (!response.ok || !page.querySelector('form[data-checkout]')) location.assign(href)
    else show(page, href)
  } catch {
    // Nothing is lost: the shop compares what was shown before it charges.
  } finally {
    if (turn === updates) form.removeAttribute('aria-busy')
  }
}

function show(page, href) {
  const focused = document.activeElement?.id
  for (const part of document.querySelectorAll('[data-part]')) {
    const next = page.querySelector(`[data-part="${part.dataset.part}"]`)
    if (next) part.replaceWith(next)
  }
  if (focused) document.getElementById(focused)?.focus()
  document.querySelector('[data-news]').textContent =
    document.querySelector('[data-news-text]').dataset.newsText
  // Reloading and the Back button keep the choice.
  history.replaceState(history.state, '', href)
}

form.addEventListener('change', ({ target }) => {
  if (target.name === 'country' || target.name === 'rate') void update()
})

form.addEventListener('submit', (event) => {
  if (form.dataset.sent) return event.preventDefault()
  form.dataset.sent = 'yes'
  const button = event.submitter
  if (button?.name === 'update' || button?.id !== 'pay-button') return
  button.dataset.label = button.textContent
  button.textContent = texts.openingStripe
})

/** Whether another country or rate is chosen than the one the page came with. */
const isChanged = () =>
  [...form.elements].some(
    ({ name, options, checked, defaultChecked }) =>
      (name === 'country' && [...options].some((option) => option.selected !== option.defaultSelected)) ||
      (name === 'rate' && checked !== defaultChecked),
  )

window.addEventListener('pageshow', (event) => {
  // It was changed before this script was here, or by the browser when it restored the page.
  if (isChanged()) void update()
  // The Back button from Stripe restores this page from the browser's cache, where the form is sent already.
  if (!event.persisted) return
  delete form.dataset.sent
  const button = document.getElementById('pay-button')
  if (button?.dataset.label) button.textContent = button.dataset.label
})
