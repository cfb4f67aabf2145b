// Turns a policy's Markdown into HTML that contains no markup of the writer's own.
import MarkdownIt from 'markdown-it'

const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false }).disable('image')

/** Web pages by https, mail addresses, and pages and headings of this shop. Browsers read "/\" like "//". */
markdown.validateLink = (address) => /^(?:https:\/\/|mailto:|\/(?![/\\])|#)[^\s\\]*$/i.test(address)

// The page's title is its only first heading.
markdown.core.ruler.push('lower_headings', ({ tokens }) => {
  for (const token of tokens) if (/^h[1-5]$/.test(token.tag)) token.tag = `h${Number(token.tag.slice(1)) + 1}`
})

// A wide table scrolls by itself, with the keyboard too.
markdown.renderer.rules['table_open'] = () =>
  '<div class="prose__table" role="region" tabindex="0" aria-label="Table"><table>\n'
markdown.renderer.rules['table_close'] = () => '</table></div>\n'

/**
 * HTML for a page. Tags in the text are shown as text, pictures and links to anything but https, mail and this shop are not
 * made.
 */
export function renderMarkdown(text: string): string {
  return markdown.render(text)
}
