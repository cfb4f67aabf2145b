// The admin's navigation, its forms while they are sent, and its go-to palette: "/" or Ctrl+K opens it, and it
// leads to pages and to the search for orders.

// On a low screen, the current part may be further down.
const side = document.querySelector('.a-side__groups')
const part = side?.querySelector('[aria-current]')
if (part) side.scrollTop = part.offsetTop - side.clientHeight / 2

/** If no answer comes by then, or the answer is a download, the form can be sent again. */
const BUSY_MS = 30_000

const buttonsOf = (form) => [...form.elements].filter(({ type }) => type === 'submit')

function endBusy(form) {
  form.removeAttribute('aria-busy')
  for (const button of buttonsOf(form)) {
    button.disabled = false
    delete button.dataset.pressed
  }
}

document.addEventListener('submit', (event) => {
  const { target: form, submitter } = event
  // The browser collects the fields, with the pressed button's, right after this event: a disabled button would be missing.
  setTimeout(() => {
    if (event.defaultPrevented || (submitter?.formTarget || form.target) === '_blank') return
    form.setAttribute('aria-busy', 'true')
    if (submitter) submitter.dataset.pressed = ''
    for (const button of buttonsOf(form)) button.disabled = true
    setTimeout(() => endBusy(form), BUSY_MS)
  })
})

// The browser may bring the page back as it was left.
addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[aria-busy]')) endBusy(form)
})

const pages = [...document.querySelectorAll('.a-side a')].map(({ href, textContent }) => ({
  href,
  label: textContent.trim(),
}))
const search = document.querySelector('[data-order-search]')

if (search) {
  const dialog = document.createElement('dialog')
  dialog.className = 'a-palette'
  dialog.setAttribute('aria-label', 'Go to')
  dialog.innerHTML = `<input type="search" role="combobox" aria-expanded="true" aria-controls="palette-list"
    aria-autocomplete="list" aria-label="Go to a page, or search orders" placeholder="Page or order" autocomplete="off">
    <ul id="palette-list" role="listbox" aria-label="Results"></ul>`
  document.body.append(dialog)
  const input = dialog.querySelector('input')
  const list = dialog.querySelector('ul')
  let at = 0

  const show = () => {
    const text = input.value.trim()
    const found = pages.filter(({ label }) => label.toLowerCase().includes(text.toLowerCase()))
    const orders = {
      href: `${search.action}?q=${encodeURIComponent(text)}`,
      label: `Search orders for “${text}”`,
    }
    const results = text === '' ? pages : [...found, orders]
    at = Math.max(0, Math.min(at, results.length - 1))
    list.replaceChildren(
      ...results.map(({ href, label }, index) => {
        const item = document.createElement('li')
        item.id = `palette-${index}`
        item.role = 'option'
        item.setAttribute('aria-selected', String(index === at))
        const link = document.createElement('a')
        Object.assign(link, { href, textContent: label, tabIndex: -1 })
        item.append(link)
        return item
      }),
    )
    if (results.length > 0) input.setAttribute('aria-activedescendant', `palette-${at}`)
    else input.removeAttribute('aria-activedescendant')
    list.children[at]?.scrollIntoView({ block: 'nearest' })
  }

  const open = () => {
    if (dialog.open) return
    input.value = ''
    at = 0
    show()
    dialog.showModal()
  }

  input.addEventListener('input', () => {
    at = 0
    show()
  })
  input.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      at += step
      show()
    } else if (event.key === 'Enter') {
      event.preventDefault()
      list.children[at]?.querySelector('a').click()
    }
  })
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close()
  })
  document.addEventListener('keydown', (event) => {
    const isTyping = event.target.closest?.('input, select, textarea, [contenteditable]')
    const isSlash = event.key === '/' && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey
    if (isSlash || (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey))) {
      event.preventDefault()
      open()
    }
  })
}
