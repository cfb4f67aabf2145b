/* global document, window, FormData, Event */
// The pay page works without this script, which reports mistakes before the form is sent.
const form = document.getElementById('pay-form')
const field = (name) => document.getElementById(name)

const brands = [
  [/^4/, 'Visa'],
  [/^(5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, 'Mastercard'],
  [/^3[47]/, 'Amex'],
  [/^(6011|64[4-9]|65)/, 'Discover'],
  [/^(30|36|38|39)/, 'Diners'],
  [/^35/, 'JCB'],
  [/^62/, 'UnionPay'],
]

const digitsOf = (text) => text.replace(/\D/g, '')
const brandOf = (digits) => brands.find(([prefix]) => prefix.test(digits))?.[1] ?? ''

function grouped(digits) {
  const sizes = brandOf(digits) === 'Amex' ? [4, 6, 5] : [4, 4, 4, 4, 3]
  const groups = []
  let start = 0
  for (const size of sizes) {
    if (start < digits.length) groups.push(digits.slice(start, start + size))
    start += size
  }
  return groups.join(' ')
}

function hasValidCheckDigit(digits) {
  let sum = 0
  for (let index = 0; index < digits.length; index++) {
    const value = Number(digits[digits.length - 1 - index]) * (index % 2 === 1 ? 2 : 1)
    sum += value > 9 ? value - 9 : value
  }
  return sum % 10 === 0
}

/** Reformats a field while the customer types, and keeps the cursor after the same digit. */
function formatWhileTyping(input, format) {
  input.addEventListener('input', () => {
    const before = digitsOf(input.value.slice(0, input.selectionStart ?? input.value.length)).length
    input.value = format(input.value)
    let position = 0
    for (let seen = 0; seen < before && position < input.value.length; position++) {
      if (/\d/.test(input.value[position])) seen++
    }
    if (before === digitsOf(input.value).length) position = input.value.length
    if (document.activeElement === input) input.setSelectionRange(position, position)
  })
}

const checks = {
  email: () =>
    /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(field('email').value.trim()) ? '' : 'Enter your email address.',
  number() {
    const digits = digitsOf(field('number').value)
    if (digits === '') return 'Enter a card number.'
    if (digits.length < 14) return 'This card number is incomplete.'
    return hasValidCheckDigit(digits) ? '' : 'Your card number is incorrect.'
  },
  expiry() {
    const [, month, year] = /^(\d{1,2})\s*\/\s*(\d{2}|\d{4})$/.exec(field('expiry').value.trim()) ?? []
    if (!month) return 'Enter the expiration date as MM / YY.'
    if (Number(month) < 1 || Number(month) > 12) return 'This month does not exist.'
    const end = new Date(Number(year.length === 2 ? `20${year}` : year), Number(month), 1)
    return end > new Date() ? '' : 'Your card’s expiration date is in the past.'
  },
  cvc() {
    const wanted = brandOf(digitsOf(field('number').value)) === 'Amex' ? [3, 4] : [3]
    return wanted.includes(digitsOf(field('cvc').value).length) ? '' : 'This security code is incomplete.'
  },
  account: () => (field('account').value.trim() === '' ? 'Enter an IBAN or an account number.' : ''),
  name: () => (field('name').value.trim() === '' ? 'Enter the name on the card.' : ''),
  account_holder: () =>
    field('account_holder').value.trim() === '' ? 'Enter the account holder’s name.' : '',
  boleto_tax_id: () =>
    [11, 14].includes(digitsOf(field('boleto_tax_id').value).length)
      ? ''
      : 'Enter a CPF with 11 digits or a CNPJ with 14.',
  voucher_name: () => (field('voucher_name').value.trim() === '' ? 'Enter your name.' : ''),
  postal_code: () =>
    field('country').value === 'US' && field('postal_code').value.trim() === '' ? 'Enter a ZIP code.' : '',
}

function tell(name, problem) {
  const input = field(name)
  document.getElementById(`${name}-problem`).textContent = problem
  if (problem) input.setAttribute('aria-invalid', 'true')
  else input.removeAttribute('aria-invalid')
}

const METHOD_FIELDS = {
  card: ['number', 'expiry', 'cvc', 'name', 'postal_code'],
  bank_debit: ['account', 'account_holder'],
  oxxo: ['voucher_name'],
  konbini: ['voucher_name'],
  boleto: ['voucher_name', 'boleto_tax_id'],
}

function relevantFields() {
  const fields = new FormData(form)
  const isSaved = Boolean(fields.get('saved')) && (fields.get('method') ?? 'card') === 'card'
  const method = isSaved ? [] : (METHOD_FIELDS[fields.get('method')] ?? METHOD_FIELDS.card)
  return ['email', ...method].filter((name) => field(name))
}

if (field('number')) {
  formatWhileTyping(field('number'), (text) => grouped(digitsOf(text)))
  field('number').addEventListener('input', () => {
    field('brand').textContent = brandOf(digitsOf(field('number').value))
  })
  formatWhileTyping(field('expiry'), (text) => {
    let digits = digitsOf(text).slice(0, 6)
    if (/^[2-9]/.test(digits)) digits = `0${digits}`
    const slash = digits.length > 2 || (digits.length === 2 && /\/\s*$/.test(text))
    return slash ? `${digits.slice(0, 2)} / ${digits.slice(2)}` : digits
  })
  formatWhileTyping(field('cvc'), (text) => digitsOf(text).slice(0, 4))
}

for (const name of Object.keys(checks)) {
  field(name)?.addEventListener('input', () => tell(name, ''))
  field(name)?.addEventListener('change', () => {
    if (field(name).value !== '') tell(name, checks[name]())
  })
}

// The labels of the shipping address follow its country.
field('shipping_country')?.addEventListener('change', () => {
  const { city, state, postalCode } = field('shipping_country').selectedOptions[0].dataset
  const labels = { shipping_city: city, shipping_state: state, shipping_postal_code: postalCode }
  for (const [name, text] of Object.entries(labels)) {
    field(name).closest('.field').hidden = text === ''
    document.querySelector(`label[for="${name}"]`).textContent = text
  }
})

let sent = false
form.addEventListener('submit', (event) => {
  const wrong = relevantFields().filter((name) => {
    const problem = checks[name]()
    tell(name, problem)
    return problem !== ''
  })
  if (wrong.length > 0) {
    event.preventDefault()
    field(wrong[0]).focus()
    return
  }
  // A second press before the first is answered is dropped. The server would detect it too.
  if (sent) {
    event.preventDefault()
    return
  }
  sent = true
  const button = document.getElementById('pay-button')
  button.setAttribute('aria-disabled', 'true')
  button.textContent = 'Processing…'
})

// After the browser's Back button the page comes from memory, and must be usable again.
window.addEventListener('pageshow', (event) => {
  if (event.persisted) window.location.reload()
})

for (const button of document.querySelectorAll('[data-fill]')) {
  // The button only works with this script.
  button.disabled = false
  button.addEventListener('click', () => {
    const target = button.dataset.fill
    const method = document.querySelector(
      `[name="method"][value="${target === 'number' ? 'card' : 'bank_debit'}"]`,
    )
    if (method) method.checked = true
    const another = document.querySelector('[name="saved"][value=""]')
    if (another && target === 'number') another.checked = true
    field(target).value = button.dataset.value
    field(target).dispatchEvent(new Event('input'))
    const fill = (name, value) => {
      if (field(name) && field(name).value === '') field(name).value = value
    }
    fill('email', 'test@example.com')
    fill(target === 'number' ? 'name' : 'account_holder', 'Test Customer')
    fill('postal_code', '94103')
    if (target === 'number') {
      field('expiry').value = `12 / ${String((new Date().getFullYear() + 2) % 100)}`
      field('cvc').value = brandOf(digitsOf(button.dataset.value)) === 'Amex' ? '1234' : '123'
    }
    for (const name of relevantFields()) tell(name, '')
    document.getElementById('pay-button').focus()
  })
}
