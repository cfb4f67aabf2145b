// Adds a button to each password field that shows what was typed.
for (const field of document.querySelectorAll('[data-password]')) {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'link-button field__show'
  button.setAttribute('aria-controls', field.id)
  const label = () =>
    (button.textContent = field.type === 'password' ? field.dataset.show : field.dataset.hide)
  button.addEventListener('click', () => {
    field.type = field.type === 'password' ? 'text' : 'password'
    label()
  })
  // Browsers must not save a password as the text of a form.
  field.form?.addEventListener('submit', () => {
    field.type = 'password'
    label()
  })
  label()
  field.after(button)
}
