// Adds to the cart without leaving the page. Without this script, the form leads to the cart or back to the list.

const toast = document.querySelector('[data-toast]')
let hiding

function say(text, isAdded) {
  clearTimeout(hiding)
  toast.textContent = text
  if (isAdded) {
    const link = document.createElement('a')
    Object.assign(link, { href: toast.dataset.cartHref, textContent: toast.dataset.cart })
    toast.append(' ', link)
  }
  toast.dataset.shown = ''
  hiding = setTimeout(() => delete toast.dataset.shown, 8000)
}

function showCount({ count, items }) {
  const badge = document.querySelector('[data-cart-count]')
  badge.hidden = count === 0
  badge.querySelector('[data-cart-number]').textContent = String(count)
  badge.querySelector('[data-cart-items]').textContent = ` ${items}`
}

async function add(form, address) {
  const response = await fetch(address, {
    method: 'POST',
    headers: { accept: 'application/json' },
    body: new URLSearchParams(new FormData(form)),
  })
  const answer = await response.json()
  if (response.ok) showCount(answer)
  say(response.ok ? answer.message : answer.detail, response.ok)
}

document.addEventListener('submit', (event) => {
  const { target: form, submitter } = event
  const action = submitter?.getAttribute('formaction') ?? form.getAttribute('action')
  if (!form.matches('[data-add]') || !action.endsWith('/cart/items')) return
  event.preventDefault()
  if (form.dataset.busy) return
  form.dataset.busy = ''
  void add(form, action)
    // The way without script says what is wrong.
    .catch(() => location.assign(toast.dataset.cartHref))
    .finally(() => delete form.dataset.busy)
})
