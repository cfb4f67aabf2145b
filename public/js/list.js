// Product list: sorts at once, and remembers the list for the way back from a product. Without this script, a button sorts.

const select = document.querySelector('[data-sort]')
select.addEventListener('change', () => select.form.requestSubmit())

// Empty fields, and the usual order, make long addresses.
select.form.addEventListener('formdata', ({ formData }) => {
  for (const [name, value] of [...formData]) if (value === '') formData.delete(name)
  if (select.selectedIndex === 0) formData.delete('sort')
})

try {
  const here = new URL(location.href)
  here.searchParams.delete('added')
  sessionStorage.setItem('list', here.pathname + here.search)
} catch {
  // Storage is switched off: the way back leads to the category.
}
