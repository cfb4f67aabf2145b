/* global document, window, fetch, DOMParser, URLSearchParams */
// Updates the tax when the country of the address or the tax ID changes. Without this script a button does the same.
{
  const form = document.getElementById('pay-form')
  const { action, dataset } = document.querySelector('form.tax')
  const country = document.getElementById(dataset.countryField)
  const business = ['tax_id_type', 'tax_id'].map((id) => document.getElementById(id)).filter(Boolean)
  let pending

  document.documentElement.classList.add('scripted')

  /** What decides the tax. */
  function entered() {
    const name = document.getElementById('business_name')
    const fields = name ? [name, ...business] : []
    return { country: country.value, ...Object.fromEntries(fields.map(({ id, value }) => [id, value])) }
  }

  async function ask() {
    const asked = entered()
    const answer = await fetch(action, { method: 'POST', body: new URLSearchParams(asked) })
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    // The country or the tax ID changed again in the meantime.
    if (JSON.stringify(entered()) !== JSON.stringify(asked)) return ask()
    if (!page.querySelector('.summary')) return window.location.reload()
    for (const part of ['.summary', 'h1', '#alert', '#pay-button'])
      document.querySelector(part).replaceChildren(...page.querySelector(part).childNodes)
    document.getElementById('expected_amount').value = page.getElementById('expected_amount').value
    document.getElementById('new-total').textContent =
      `Total due ${document.getElementById('total-due').textContent}`
    document.title = page.title
  }

  function refresh() {
    // The server checks the total before payment, so a failure here does no harm.
    pending ??= ask()
      .catch(() => undefined)
      .finally(() => (pending = undefined))
  }

  for (const field of [country, ...business]) field.addEventListener('change', refresh)
  if (dataset.known === undefined) form.addEventListener('focusin', refresh, { once: true })

  // Runs before the form's own check: no payment while the total is about to change.
  form.addEventListener('submit', (event) => {
    if (!pending) return
    event.preventDefault()
    event.stopImmediatePropagation()
    pending.then(() => {
      const note = document.createElement('p')
      note.textContent = 'The total has changed. Please look at it once more, then pay.'
      document.getElementById('alert').replaceChildren(note)
    })
  })
}
