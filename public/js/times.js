// Shows times in the visitor's own time zone, in a short form. The full one, with the zone, is the tooltip. Without this
// script, times are in the shop's zone, which they name.

const { dates } = document.documentElement.dataset
const short = new Intl.DateTimeFormat(dates, { dateStyle: 'medium', timeStyle: 'short' })
const full = new Intl.DateTimeFormat(dates, { dateStyle: 'full', timeStyle: 'long' })

function showAll() {
  for (const time of document.querySelectorAll('time[data-time]')) {
    const at = new Date(time.dateTime)
    time.removeAttribute('data-time')
    time.title = full.format(at)
    time.textContent = short.format(at)
  }
}

showAll()
// Pages that update themselves replace their parts.
new MutationObserver(showAll).observe(document.body, { childList: true, subtree: true })
