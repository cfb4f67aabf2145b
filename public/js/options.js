// Product page: shows price, stock and picture of the chosen variant, and moves to one that is sold. Without this script,
// the server resolves what was chosen.

const form = document.querySelector('form[data-variants]')
const variants = JSON.parse(form.dataset.variants)
// A picture of several variants is with the first of them.
for (const variant of variants)
  if (typeof variant.picture === 'number') variant.picture = variants[variant.picture].picture
const texts = JSON.parse(form.dataset.texts)
const optionCount = variants[0].values.length
const radios = [...form.querySelectorAll('.option__choice input')]
const availability = document.querySelector('.product__price .availability')
const picture = document.querySelector('[data-picture]')

const indexOf = (radio) => Number(radio.name.replace('option_', ''))

function chosenValues() {
  return Array.from({ length: optionCount }, (_none, index) => form.elements[`option_${index}`].value)
}

const variantWith = (values) =>
  variants.find((variant) => variant.values.every((value, index) => value === values[index]))

/** If the combination isn't sold, takes another variant with the value that was just chosen, if possible one in stock. */
function settle(changed) {
  const values = chosenValues()
  if (!variantWith(values)) {
    const index = indexOf(changed)
    const others = variants.filter((variant) => variant.values[index] === changed.value)
    const other = others.find((variant) => variant.maxQuantity > 0) ?? others[0]
    for (const radio of radios) radio.checked = other.values[indexOf(radio)] === radio.value
  }
  return variantWith(chosenValues())
}

/** What keeps a value from being bought together with the other values that are chosen. */
function noteOn(radio) {
  const values = chosenValues()
  values[indexOf(radio)] = radio.value
  const variant = variantWith(values)
  if (!variant) return texts.notAvailable
  return variant.maxQuantity === 0 ? texts.soldOut : ''
}

function show(variant) {
  for (const price of document.querySelectorAll('[data-price]')) price.textContent = variant.price
  availability.textContent = variant.availabilityText
  availability.className = `availability availability--${variant.availability.replace('_', '-')}`
  if (picture.getAttribute('src') !== variant.picture.image) showPicture(variant.picture)
  const notice = document.querySelector('[data-notice]')
  if (notice) {
    notice.hidden = variant.maxQuantity > 0
    notice.elements.variant_id.value = String(variant.id)
  }
  const { quantity } = form.elements
  quantity.max = String(Math.max(1, variant.maxQuantity))
  if (Number(quantity.value) > Number(quantity.max)) quantity.value = quantity.max
  for (const button of form.querySelectorAll('button[type="submit"]'))
    button.disabled = variant.maxQuantity === 0
  for (const radio of radios) {
    const note = noteOn(radio)
    radio.closest('.option__choice').querySelector('.option__note').textContent = note
    radio.closest('.option__choice').classList.toggle('option__choice--off', note !== '')
  }
}

function showPicture({ image, webp = '', jpeg = '', alt }) {
  const frame = picture.parentElement
  const source = frame.querySelector('source')
  if (webp !== '') {
    const wanted = source ?? document.createElement('source')
    Object.assign(wanted, { type: 'image/webp', srcset: webp, sizes: '(min-width: 60rem) 32rem, 100vw' })
    frame.prepend(wanted)
  } else source?.remove()
  if (jpeg === '') picture.removeAttribute('srcset')
  else picture.srcset = jpeg
  Object.assign(picture, { src: image, alt })
  picture.closest('a').href = image
}

/** So that the variant is still chosen after signing in or coming back. */
function remember({ id }) {
  const address = new URL(location.href)
  address.searchParams.set('variant', String(id))
  address.searchParams.delete('cancelled')
  history.replaceState(history.state, '', address)
}

for (const radio of radios)
  radio.addEventListener('change', () => {
    const variant = settle(radio)
    show(variant)
    remember(variant)
  })
// The choice may have been changed before this script was here, or by the browser when it restored the page.
show(settle(radios.find(({ checked }) => checked)))
