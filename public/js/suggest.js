// Suggests products and categories while somebody types into the search field, as a combobox. Without this script, Enter searches.

const form = document.querySelector('[data-suggest-href]')
const input = form.querySelector('input')
const list = document.createElement('ul')
Object.assign(list, { id: 'suggestions', className: 'suggestions', role: 'listbox', hidden: true })
list.ariaLabel = form.dataset.label
form.append(list)
for (const [name, value] of Object.entries({
  role: 'combobox',
  'aria-expanded': 'false',
  'aria-controls': 'suggestions',
  'aria-autocomplete': 'list',
}))
  input.setAttribute(name, value)

/** Milliseconds without a key before the shop is asked. */
const PAUSE = 150
let waiting
/** Counts questions: only the last answer is shown. */
let asked = 0
let chosen = -1

const options = () => [...list.children]

function choose(index) {
  chosen = index
  for (const [place, option] of options().entries()) option.ariaSelected = String(place === chosen)
  const id = options()[chosen]?.id
  if (id) input.setAttribute('aria-activedescendant', id)
  else input.removeAttribute('aria-activedescendant')
}

function show(suggestions) {
  list.replaceChildren(
    ...suggestions.map(({ label, href, price }, index) => {
      const option = document.createElement('li')
      Object.assign(option, { id: `suggestion-${index}`, role: 'option', className: 'suggested' })
      option.dataset.href = href
      for (const text of [label, price ?? '']) {
        const part = document.createElement('span')
        part.textContent = text
        option.append(part)
      }
      return option
    }),
  )
  list.hidden = suggestions.length === 0
  input.ariaExpanded = String(!list.hidden)
  choose(-1)
}

async function ask() {
  const turn = ++asked
  const text = input.value.trim()
  if (text.length < 2) return show([])
  try {
    const address = `${form.dataset.suggestHref}?${new URLSearchParams({ q: text })}`
    const response = await fetch(address, { headers: { accept: 'application/json' } })
    const { suggestions = [] } = await response.json()
    if (turn === asked && document.activeElement === input) show(suggestions)
  } catch {
    if (turn === asked) show([])
  }
}

input.addEventListener('input', () => {
  clearTimeout(waiting)
  waiting = setTimeout(ask, PAUSE)
})

input.addEventListener('keydown', (event) => {
  const all = options()
  if (event.key === 'Escape') show([])
  if (event.key === 'Enter' && chosen >= 0) {
    event.preventDefault()
    location.assign(all[chosen].dataset.href)
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (step === undefined || all.length === 0) return
  event.preventDefault()
  const next = chosen + step
  choose(next < -1 ? all.length - 1 : next >= all.length ? -1 : next)
})

input.addEventListener('blur', () => {
  asked++
  show([])
})
// Before the field loses focus.
list.addEventListener('mousedown', (event) => event.preventDefault())
list.addEventListener('click', ({ target }) => {
  const option = target.closest('[data-href]')
  if (option) location.assign(option.dataset.href)
})
