// Shows a button that prints the page. Without script the browser's own print command does.

for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false
  button.addEventListener('click', () => window.print())
}
