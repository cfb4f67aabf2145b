// Updates an order's page when the order changes: on server-sent events, and by checking from time to time.
// Without script a meta refresh does this. Only the content is replaced, so that scroll position and focus stay, and
// screen readers are told what changed.

/** With server-sent events, checks are only needed when a webhook was lost: a check makes the shop ask Stripe. */
const FEWER_CHECKS = 4

let stream
let timer

const content = () => document.querySelector('[data-order-state]')

function checkLater() {
  clearTimeout(timer)
  const seconds = Number(content().dataset.lookAfter)
  const connected = stream.readyState === EventSource.OPEN
  if (seconds > 0) timer = setTimeout(check, seconds * 1000 * (connected ? FEWER_CHECKS : 1))
}

async function check() {
  try {
    const response = await fetch(location.href, { headers: { accept: 'text/html' } })
    const page = new DOMParser().parseFromString(await response.text(), 'text/html')
    const next = page.querySelector('[data-order-state]')
    // A different page: the shopper was signed out.
    if (response.ok && !next) return location.reload()
    if (response.ok && next.dataset.orderState !== content().dataset.orderState) show(page, next)
  } catch {
    // The next check may succeed.
  }
  if (content().dataset.live) checkLater()
  else stream.close()
}

function show(page, next) {
  const hadFocus = content().contains(document.activeElement)
  const focused = document.activeElement?.getAttribute('href')
  content().replaceWith(next)
  document.title = page.title
  document.querySelector('[data-live-news]').textContent = next.dataset.news
  for (const script of page.querySelectorAll('script[src]')) void import(script.getAttribute('src'))
  if (!hadFocus) return
  const again = [...next.querySelectorAll('a[href]')].find((link) => link.getAttribute('href') === focused)
  const target = again ?? next.querySelector('h1')
  if (!again) target.tabIndex = -1
  target.focus({ preventScroll: true })
}

if (content()?.dataset.live) {
  stream = new EventSource(content().dataset.live)
  stream.addEventListener('state', ({ data }) => {
    if (data !== content().dataset.known) void check()
  })
  stream.addEventListener('open', checkLater)
  stream.addEventListener('error', checkLater)
  checkLater()
}
