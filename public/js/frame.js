// Every page: closes an open menu with Escape or a click elsewhere. Without this script, its summary closes it.

const open = () => document.querySelectorAll('details.menu[open]')

document.addEventListener('click', ({ target }) => {
  for (const menu of open()) if (!menu.contains(target)) menu.open = false
})

document.addEventListener('keydown', ({ key }) => {
  if (key !== 'Escape') return
  for (const menu of open()) {
    menu.open = false
    menu.querySelector('summary').focus()
  }
})
