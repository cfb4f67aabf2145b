// Turns a policy's Markdown into HTML that contains no markup of the writer's own.
import MarkdownIt, { type Token } from 'markdown-it'

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

/** A part of a text without markup: a heading, a paragraph, or an item of a list. */
export interface PlainPart {
  kind: 'heading' | 'paragraph' | 'item'
  text: string
}

/** The same text for documents without markup. Links are followed by their address. */
export function markdownParts(text: string): PlainPart[] {
  const parts: PlainPart[] = []
  const open: string[] = []
  for (const token of markdown.parse(text, {})) {
    if (token.nesting === 1) open.push(token.type)
    else if (token.nesting === -1) open.pop()
    const kind = open.includes('heading_open')
      ? 'heading'
      : open.includes('list_item_open')
        ? 'item'
        : 'paragraph'
    if (token.type === 'inline') parts.push({ kind, text: plainText(token.children ?? []) })
    else if (token.type === 'fence' || token.type === 'code_block')
      parts.push({ kind, text: token.content.trim() })
  }
  return parts
}

function plainText(tokens: readonly Token[]): string {
  let address = ''
  return tokens
    .map(({ type, content }, index) => {
      if (type === 'softbreak' || type === 'hardbreak') return ' '
      if (type === 'link_open') address = String(tokens[index]?.attrGet('href') ?? '')
      return type === 'link_close' && /^(https|mailto):/i.test(address)
        ? ` (${address.replace(/^mailto:/i, '')})`
        : content
    })
    .join('')
}
