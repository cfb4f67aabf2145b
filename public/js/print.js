// A button to print the page; without script the browser's own does it, and none is shown.

for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false
  button.addEventListener('click', () => window.print())
}
