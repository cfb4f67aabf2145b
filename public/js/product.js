// Product page: steps of the quantity, pictures in large, and the way back to the list one came from. Without this script, the
// quantity is typed, a picture's link opens it, and the way back leads to the category.

const product = document.querySelector('[data-product]')
const quantity = document.querySelector('#quantity')

for (const step of document.querySelectorAll('[data-step]'))
  step.addEventListener('click', () => {
    if (Number(step.dataset.step) > 0) quantity.stepUp()
    else quantity.stepDown()
    quantity.dispatchEvent(new Event('input', { bubbles: true }))
  })

/** The button has the price of one. */
function showPrice() {
  document.querySelector('[data-button-price]').hidden = quantity.value !== '1'
}
quantity?.addEventListener('input', showPrice)
if (quantity) showPrice()

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties)
  made.append(...children)
  return made
}

const gallery = document.querySelector('[data-gallery]')
const texts = JSON.parse(gallery.dataset.gallery)
const links = () => [...gallery.querySelectorAll('[data-zoom]')]
let shown = 0
const large = element('img', { className: 'zoom__picture' })
const button = (label, sign, onclick) =>
  element('button', {
    type: 'button',
    className: 'zoom__button',
    ariaLabel: label,
    textContent: sign,
    onclick,
  })
const turns = [
  button(texts.previous, '‹', () => show(shown - 1)),
  button(texts.next, '›', () => show(shown + 1)),
]
const dialog = element(
  'dialog',
  { className: 'zoom' },
  large,
  element(
    'div',
    { className: 'zoom__buttons' },
    ...turns,
    button(texts.close, '×', () => dialog.close()),
  ),
)
document.body.append(dialog)

function show(index) {
  const all = links()
  shown = (index + all.length) % all.length
  const { href } = all[shown]
  const small = all[shown].querySelector('img')
  Object.assign(large, { src: href, alt: small.alt })
  dialog.ariaLabel = small.alt
  for (const turn of turns) turn.hidden = all.length < 2
}

dialog.addEventListener('click', ({ target }) => {
  if (target === dialog || target === large) dialog.close()
})
dialog.addEventListener('keydown', ({ key }) => {
  if (key === 'ArrowLeft') show(shown - 1)
  if (key === 'ArrowRight') show(shown + 1)
})

gallery.addEventListener('click', (event) => {
  const link = event.target.closest('[data-zoom]')
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return
  event.preventDefault()
  show(links().indexOf(link))
  dialog.showModal()
})

/** The list one came from, with this product in sight. */
function leadBack(list) {
  const category = document.querySelector('[data-crumb="category"]')
  const nameIn = (address) => new URL(address, location.href).searchParams.get('category')
  const isOfCategory = category && nameIn(list) === nameIn(category.href)
  const crumb = isOfCategory ? category : document.querySelector('[data-crumb="shop"]')
  crumb.href = `${list}#product-${product.dataset.product}`
}

try {
  const list = sessionStorage.getItem('list')
  if (list?.startsWith('/')) leadBack(list)
} catch {
  // Storage is switched off.
}
