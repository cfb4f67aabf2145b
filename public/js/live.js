// Shows the news of an order on a page that waits for it: when the shop tells of them (server-sent events), and by
// looking again now and then. Without script the page's own refresh does this. The page stays, only its content is
// replaced: reading position and focus are left alone, and a screen reader is told what is new.

/** Beside the shop's word a look is needed only where Stripe's got lost: looking makes the shop ask Stripe. */
const RARER = 4

let stream
let timer

const place = () => document.querySelector('[data-order-state]')

function lookLater() {
  clearTimeout(timer)
  const seconds = Number(place().dataset.lookAfter)
  const told = stream.readyState === EventSource.OPEN
  if (seconds > 0) timer = setTimeout(look, seconds * 1000 * (told ? RARER : 1))
}

async function look() {
  try {
    const response = await fetch(location.href, { headers: { accept: 'text/html' } })
    const page = new DOMParser().parseFromString(await response.text(), 'text/html')
    const next = page.querySelector('[data-order-state]')
    // Another page altogether: signed out meanwhile.
    if (response.ok && !next) return location.reload()
    if (response.ok && next.dataset.orderState !== place().dataset.orderState) show(page, next)
  } catch {
    // No answer: the next look may have one.
  }
  if (place().dataset.live) lookLater()
  else stream.close()
}

function show(page, next) {
  const hadFocus = place().contains(document.activeElement)
  const focused = document.activeElement?.getAttribute('href')
  place().replaceWith(next)
  document.title = page.title
  document.querySelector('[data-live-news]').textContent = next.dataset.news
  for (const script of page.querySelectorAll('script[src]')) void import(script.getAttribute('src'))
  if (!hadFocus) return
  const again = [...next.querySelectorAll('a[href]')].find((link) => link.getAttribute('href') === focused)
  const target = again ?? next.querySelector('h1')
  if (!again) target.tabIndex = -1
  target.focus({ preventScroll: true })
}

if (place()?.dataset.live) {
  stream = new EventSource(place().dataset.live)
  stream.addEventListener('state', ({ data }) => {
    if (data !== place().dataset.known) void look()
  })
  stream.addEventListener('open', lookLater)
  stream.addEventListener('error', lookLater)
  lookLater()
}
