// Turns a policy's Markdown into HTML that contains no markup of the writer's own.
import MarkdownIt from 'markdown-it'

const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false }).disable('image')

/** Web pages by https, mail addresses, and pages and headings of this shop. Browsers read "/\" like "//". */
markdown.validateLink = (address) => /^(?:https:\/\/|mailto:|\/(?![/\\])|#)[^\s\\]*$/i.test(address)

// The page's title is its only first heading. Whatever the writer began with comes below it, and no level is left out.
markdown.core.ruler.push('heading_levels', ({ tokens }) => {
  const headings = tokens.filter(({ type }) => type === 'heading_open' || type === 'heading_close')
  const highest = Math.min(...headings.map(levelOf))
  let before = 1
  for (const heading of headings) {
    const level = Math.min(
      levelOf(heading) - highest + 2,
      before + (heading.type === 'heading_open' ? 1 : 0),
      6,
    )
    heading.tag = `h${level}`
    before = level
  }
})

const levelOf = ({ tag }: { tag: string }) => Number(tag.slice(1))

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
