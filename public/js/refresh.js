// Looks whether a page that still waits for its payment has news, and shows it once there is some.
// Without script the page's own refresh does this; asking quietly leaves focus and reading position alone.

const place = document.querySelector('[data-refresh-after]')
const seconds = Number(place?.dataset.refreshAfter)

async function look() {
  try {
    const response = await fetch(location.href, { headers: { accept: 'text/html' } })
    const page = new DOMParser().parseFromString(await response.text(), 'text/html')
    // Its class names the order's state: news is another state, even one that goes on waiting.
    const now = page.querySelector('[data-refresh-after]')
    if (response.ok && now?.className !== place.className) return location.reload()
  } catch {
    // No answer: the next look may have one.
  }
  setTimeout(look, seconds * 1000)
}

if (seconds > 0) setTimeout(look, seconds * 1000)
